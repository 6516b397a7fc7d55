/* An installer with a window: a worker stops programs, the window's thread cancels. Time is held, so
 * that the cancel comes while a program is waited for, at a moment that the test has chosen. */
#include <pthread.h>
#include <stdio.h>

#include "rstrtmgr.h"

static DWORD session;

static void progress(UINT percent) {
    printf("  %u %%\n", percent);
}

static void *worker(void *unused) {
    (void)unused;
    return (void *)(uintptr_t)RmShutdown(session, RmForceShutdown, progress);
}

static void status(const char *name) {
    BOOL running = FALSE;
    RmSimIsRunning(name, &running);
    printf("%s %s\n", name, running ? "runs" : "is gone");
}

int main(void) {
    LPCWSTR files[] = {u"C:\\App\\core.dll"};
    WCHAR key[CCH_RM_SESSION_KEY + 1] = {0};
    pthread_t thread;
    void *code;
    uint64_t now = 0;

    RmSimHold(TRUE);
    RmStartSession(&session, 0, key);
    RmRegisterResources(session, 1, files, 0, NULL, 0, NULL);
    pthread_create(&thread, NULL, worker, NULL);

    printf("blocked: %u\n", (unsigned)RmSimAwaitBlocked(1, 10000));
    printf("advance: %u\n", (unsigned)RmSimAdvance(12000));
    RmSimNow(&now);
    printf("after %u ms:\n", (unsigned)now);
    status("quick");
    status("stubborn");
    printf("RmCancelCurrentTask = %u\n", (unsigned)RmCancelCurrentTask(session));
    pthread_join(thread, &code);
    printf("RmShutdown = %u\n", (unsigned)(uintptr_t)code);
    RmSimNow(&now);
    printf("after %u ms:\n", (unsigned)now);
    status("quick");
    status("stubborn");

    printf("RmRestart = %u\n", (unsigned)RmRestart(session, 0, NULL));
    status("quick");
    printf("RmEndSession = %u\n", (unsigned)RmEndSession(session));
    return 0;
}
