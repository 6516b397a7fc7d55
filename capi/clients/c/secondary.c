/* A secondary installer: joins the session whose key it is given, registers a file, and leaves. */
#include <stdio.h>

#include "rstrtmgr.h"

int main(int argc, char **argv) {
    LPCWSTR files[] = {u"C:\\App\\index.dll"};
    WCHAR key[CCH_RM_SESSION_KEY + 1] = {0};
    DWORD session = (DWORD)-1, reasons;
    UINT needed, count = 0;

    for (int i = 0; argc > 1 && argv[1][i] && i < CCH_RM_SESSION_KEY; i++)
        key[i] = (unsigned char)argv[1][i];
    printf("  secondary: RmJoinSession = %u\n", (unsigned)RmJoinSession(&session, key));
    printf("  secondary: RmRegisterResources = %u\n",
           (unsigned)RmRegisterResources(session, 1, files, 0, NULL, 0, NULL));
    /* Only the primary may list. */
    printf("  secondary: RmGetList = %u\n", (unsigned)RmGetList(session, &needed, &count, NULL, &reasons));
    printf("  secondary: RmEndSession = %u\n", (unsigned)RmEndSession(session));
    return 0;
}
