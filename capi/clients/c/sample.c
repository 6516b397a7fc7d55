/* The order of calls in the documentation's sample of a primary installer: register what will be
 * replaced, list, give up if a system restart is needed, shut down, replace, restart, end. */
#include <stdio.h>
#include <stdlib.h>

#include "rstrtmgr.h"

static void progress(UINT percent) {
    printf("  %u %%\n", percent);
}

static void show(const RM_PROCESS_INFO *apps, UINT count) {
    for (UINT i = 0; i < count; i++) {
        printf("  pid %u status 0x%02x type %d%s ", (unsigned)apps[i].Process.dwProcessId,
               (unsigned)apps[i].AppStatus, apps[i].ApplicationType,
               apps[i].bRestartable ? " restartable" : "");
        for (const WCHAR *unit = apps[i].strAppName; *unit; unit++)
            putchar(*unit < 0x80 ? *unit : '?');
        putchar('\n');
    }
}

/* The list grows and shrinks as programs come and go: ask again as long as there was not room. */
static DWORD list(DWORD session, RM_PROCESS_INFO **apps, UINT *count, DWORD *reasons) {
    UINT needed = 0, room = 0;
    DWORD code;
    for (int tries = 0; tries < 4; tries++) {
        *count = room;
        code = RmGetList(session, &needed, count, *apps, reasons);
        printf("RmGetList = %u, %u needed\n", (unsigned)code, (unsigned)needed);
        if (code != ERROR_MORE_DATA)
            return code;
        room = needed;
        free(*apps);
        *apps = calloc(room, sizeof **apps);
        if (!*apps)
            return ERROR_OUTOFMEMORY;
    }
    return code;
}

int main(void) {
    LPCWSTR files[] = {u"C:\\App\\calc.exe", u"C:\\App\\engine.dll"};
    WCHAR key[CCH_RM_SESSION_KEY + 1] = {0};
    DWORD session = (DWORD)-1, code, reasons = RmRebootReasonNone;
    RM_PROCESS_INFO *apps = NULL;
    UINT count = 0;

    code = RmStartSession(&session, 0, key);
    printf("RmStartSession = %u, handle %u\n", (unsigned)code, (unsigned)session);
    if (code)
        goto end;
    code = RmRegisterResources(session, 2, files, 0, NULL, 0, NULL);
    printf("RmRegisterResources = %u\n", (unsigned)code);
    if (code)
        goto end;
    code = list(session, &apps, &count, &reasons);
    if (code)
        goto end;
    show(apps, count);
    if (reasons != RmRebootReasonNone) {
        printf("a system restart is needed: 0x%x\n", (unsigned)reasons);
        goto end;
    }
    code = RmShutdown(session, 0, progress);
    printf("RmShutdown = %u\n", (unsigned)code);
    if (!code)
        printf("the files are replaced\n");
    code = RmRestart(session, 0, progress);
    printf("RmRestart = %u\n", (unsigned)code);
    if (!list(session, &apps, &count, &reasons))
        show(apps, count);
end:
    free(apps);
    if (session != (DWORD)-1)
        printf("RmEndSession = %u\n", (unsigned)RmEndSession(session));
    return (int)code;
}
