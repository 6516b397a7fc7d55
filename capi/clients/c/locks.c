/* Who locks this file? The short way of tools that only ask: start, register, list, end. */
#include <stdio.h>
#include <stdlib.h>

#include "rstrtmgr.h"

static void print(const WCHAR *text) {
    for (; *text; text++)
        putchar(*text < 0x80 ? *text : '?');
}

static int who_locks(const char *path) {
    WCHAR wide[260] = {0}, key[CCH_RM_SESSION_KEY + 1] = {0};
    LPCWSTR files[] = {wide};
    DWORD session, reasons, code;
    UINT needed = 0, count = 0;

    for (int i = 0; path[i] && i < 259; i++)
        wide[i] = (unsigned char)path[i];
    if ((code = RmStartSession(&session, 0, key)) != 0)
        return (int)code;
    code = RmRegisterResources(session, 1, files, 0, NULL, 0, NULL);
    if (!code)
        code = RmGetList(session, &needed, &count, NULL, &reasons);
    printf("%s: ", path);
    if (code == ERROR_MORE_DATA) {
        RM_PROCESS_INFO *apps = calloc(needed, sizeof *apps);
        count = needed;
        code = RmGetList(session, &needed, &count, apps, &reasons);
        for (UINT i = 0; !code && i < count; i++) {
            print(apps[i].strAppName);
            if (apps[i].strServiceShortName[0]) {
                printf(" (service ");
                print(apps[i].strServiceShortName);
                putchar(')');
            }
            printf(i + 1 < count ? ", " : "\n");
        }
        free(apps);
    } else if (!code) {
        printf("nobody\n");
    }
    if (code)
        printf("error %u\n", (unsigned)code);
    RmEndSession(session);
    return 0;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (who_locks(argv[i]))
            return 1;
    return 0;
}
