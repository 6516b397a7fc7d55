/* A primary installer whose helper is a process of its own: it gets the session key, joins, registers a
 * file and leaves. `primary HELPER` runs to its end; `primary HELPER die` is killed in the midst of it. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rstrtmgr.h"

static int run_helper(const char *program, const WCHAR *key) {
    char text[CCH_RM_SESSION_KEY + 1] = {0};
    int status = -1;
    for (int i = 0; i < CCH_RM_SESSION_KEY; i++)
        text[i] = (char)key[i];
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setenv("RSTRTMGR_INSTALLER", "helper", 1);
        execl(program, program, text, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv) {
    LPCWSTR files[] = {u"C:\\App\\core.dll"};
    WCHAR key[CCH_RM_SESSION_KEY + 1] = {0};
    RM_PROCESS_INFO apps[8];
    DWORD session, reasons;
    UINT needed = 0, count = 8;

    if (argc < 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("primary: RmStartSession = %u\n", (unsigned)RmStartSession(&session, 0, key));
    printf("primary: RmRegisterResources = %u\n",
           (unsigned)RmRegisterResources(session, 1, files, 0, NULL, 0, NULL));
    printf("primary: the helper exits with %d\n", run_helper(argv[1], key));
    if (argc > 2 && !strcmp(argv[2], "die")) {
        printf("primary: dies\n");
        raise(SIGKILL);
    }
    printf("primary: RmGetList = %u\n", (unsigned)RmGetList(session, &needed, &count, apps, &reasons));
    for (UINT i = 0; i < count; i++) {
        printf("primary: ");
        for (const WCHAR *unit = apps[i].strAppName; *unit; unit++)
            putchar(*unit);
        putchar('\n');
    }
    printf("primary: RmShutdown = %u\n", (unsigned)RmShutdown(session, 0, NULL));
    printf("primary: RmRestart = %u\n", (unsigned)RmRestart(session, 0, NULL));
    printf("primary: RmEndSession = %u\n", (unsigned)RmEndSession(session));
    return 0;
}
