/* The Windows Restart Manager over a simulated machine, for C and C++.
 *
 * This is the header of librstrtmgr: names, arguments and layouts are those of Windows on 64-bit systems,
 * the words are this project's. Link with -lrstrtmgr. A program that runs on Windows too includes
 * <windows.h> and <restartmanager.h> there, and this here.
 *
 * A WCHAR has 16 bits, as on Windows. Write texts as u"C:\\App\\core.dll", or compile with -fshort-wchar
 * and write L"C:\\App\\core.dll" as on Windows.
 */
#ifndef RSTRTMGR_H
#define RSTRTMGR_H

#include <stdint.h>
#include <wchar.h>

#if UINTPTR_MAX != 0xFFFFFFFFFFFFFFFFu
#error "the layouts of this library are those of 64-bit Windows: compile for a 64-bit system"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- What <windows.h> would say ---------------------------------------------------------------------- */

#ifndef WINAPI
#define WINAPI /* on 64-bit systems there is one convention */
#endif

typedef uint32_t DWORD, ULONG, UINT;
typedef int32_t BOOL;
typedef uint8_t BYTE;
typedef DWORD *LPDWORD;
typedef BYTE *PBYTE;
#if defined(__SIZEOF_WCHAR_T__) && __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#else
typedef uint_least16_t WCHAR; /* char16_t, the type of u"" */
#endif
typedef WCHAR *LPWSTR;
typedef const WCHAR *LPCWSTR;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

/* The codes that the functions document. Any other may come as well. */
#define ERROR_SUCCESS 0u
#define ERROR_FILE_NOT_FOUND 2u
#define ERROR_ACCESS_DENIED 5u
#define ERROR_INVALID_HANDLE 6u
#define ERROR_OUTOFMEMORY 14u
#define ERROR_WRITE_FAULT 29u
#define ERROR_SEM_TIMEOUT 121u
#define ERROR_BAD_ARGUMENTS 160u
#define ERROR_MORE_DATA 234u
#define ERROR_FAIL_NOACTION_REBOOT 350u
#define ERROR_FAIL_SHUTDOWN 351u
#define ERROR_FAIL_RESTART 352u
#define ERROR_MAX_SESSIONS_REACHED 353u
#define ERROR_REQUEST_OUT_OF_SEQUENCE 776u
#define ERROR_SESSION_CREDENTIAL_CONFLICT 1219u
#define ERROR_CANCELLED 1223u

/* Codes of this library, where Windows has none: there is no machine (21), an argument of an RmSim
 * function means nothing (87), a pointer is misaligned (998), the caller's process has ended on the machine
 * (1067), a status callback waits for its own operation (1131), there is nothing of that name (1168), the
 * library failed (1359), nothing came in time (1460). */
#define ERROR_NOT_READY 21u
#define ERROR_NOT_SUPPORTED 50u
#define ERROR_INVALID_PARAMETER 87u
#define ERROR_NOACCESS 998u
#define ERROR_PROCESS_ABORTED 1067u
#define ERROR_POSSIBLE_DEADLOCK 1131u
#define ERROR_NOT_FOUND 1168u
#define ERROR_INTERNAL_ERROR 1359u
#define ERROR_TIMEOUT 1460u

/* --- Types of Restart Manager ------------------------------------------------------------------------ */

#define CCH_RM_SESSION_KEY 32
#define CCH_RM_MAX_APP_NAME 255
#define CCH_RM_MAX_SVC_NAME 63
#define RM_INVALID_TS_SESSION -1
#define RM_INVALID_PROCESS -1

typedef enum _RM_APP_TYPE {
    RmUnknownApp = 0,
    RmMainWindow = 1,
    RmOtherWindow = 2,
    RmService = 3,
    RmExplorer = 4,
    RmConsole = 5,
    RmCritical = 1000
} RM_APP_TYPE;

typedef enum _RM_SHUTDOWN_TYPE {
    RmForceShutdown = 0x1,
    RmShutdownOnlyRegistered = 0x10
} RM_SHUTDOWN_TYPE;

/* Bits. */
typedef enum _RM_APP_STATUS {
    RmStatusUnknown = 0x0,
    RmStatusRunning = 0x1,
    RmStatusStopped = 0x2,
    RmStatusStoppedOther = 0x4,
    RmStatusRestarted = 0x8,
    RmStatusErrorOnStop = 0x10,
    RmStatusErrorOnRestart = 0x20,
    RmStatusShutdownMasked = 0x40,
    RmStatusRestartMasked = 0x80
} RM_APP_STATUS;

/* Bits. */
typedef enum _RM_REBOOT_REASON {
    RmRebootReasonNone = 0x0,
    RmRebootReasonPermissionDenied = 0x1,
    RmRebootReasonSessionMismatch = 0x2,
    RmRebootReasonCriticalProcess = 0x4,
    RmRebootReasonCriticalService = 0x8,
    RmRebootReasonDetectedSelf = 0x10
} RM_REBOOT_REASON;

typedef enum _RM_FILTER_TRIGGER {
    RmFilterTriggerInvalid = 0,
    RmFilterTriggerFile = 1,
    RmFilterTriggerProcess = 2,
    RmFilterTriggerService = 3
} RM_FILTER_TRIGGER;

typedef enum _RM_FILTER_ACTION {
    RmInvalidFilterAction = 0,
    RmNoRestart = 1,
    RmNoShutdown = 2
} RM_FILTER_ACTION;

/* A process: its id, and when it began, so that a reused id is another process. */
typedef struct _RM_UNIQUE_PROCESS {
    DWORD dwProcessId;
    FILETIME ProcessStartTime;
} RM_UNIQUE_PROCESS, *PRM_UNIQUE_PROCESS;

/* An application or service that uses what was registered. */
typedef struct _RM_PROCESS_INFO {
    RM_UNIQUE_PROCESS Process;
    WCHAR strAppName[CCH_RM_MAX_APP_NAME + 1];
    WCHAR strServiceShortName[CCH_RM_MAX_SVC_NAME + 1];
    RM_APP_TYPE ApplicationType;
    ULONG AppStatus; /* RM_APP_STATUS */
    DWORD TSSessionId;
    BOOL bRestartable;
} RM_PROCESS_INFO, *PRM_PROCESS_INFO;

/* A filter. The next one is cbNextOffset bytes behind it; behind the last one is none, and it is 0. */
typedef struct _RM_FILTER_INFO {
    RM_FILTER_ACTION FilterAction;
    RM_FILTER_TRIGGER FilterTrigger;
    DWORD cbNextOffset;
    union {
        LPWSTR strFilename;
        RM_UNIQUE_PROCESS Process;
        LPWSTR strServiceShortName;
    };
} RM_FILTER_INFO, *PRM_FILTER_INFO;

/* Is told how far an operation is, in percent, on the thread that called it. */
typedef void (*RM_WRITE_STATUS_CALLBACK)(UINT nPercentComplete);

/* --- The functions of Restart Manager ---------------------------------------------------------------- */

/* Opens a session. The key has room for CCH_RM_SESSION_KEY + 1 units; whoever has it can join. */
DWORD WINAPI RmStartSession(DWORD *pSessionHandle, DWORD dwSessionFlags, WCHAR strSessionKey[]);

/* Joins a session, from the same process or another. */
DWORD WINAPI RmJoinSession(DWORD *pSessionHandle, const WCHAR strSessionKey[]);

/* Ends a session, or leaves one that was joined. */
DWORD WINAPI RmEndSession(DWORD dwSessionHandle);

/* Says which files, processes and services are going to change. */
DWORD WINAPI RmRegisterResources(DWORD dwSessionHandle, UINT nFiles, LPCWSTR rgsFileNames[],
                                 UINT nApplications, RM_UNIQUE_PROCESS rgApplications[], UINT nServices,
                                 LPCWSTR rgsServiceNames[]);

/* Who uses them? */
DWORD WINAPI RmGetList(DWORD dwSessionHandle, UINT *pnProcInfoNeeded, UINT *pnProcInfo,
                       RM_PROCESS_INFO rgAffectedApps[], LPDWORD lpdwRebootReasons);

/* Stops them. */
DWORD WINAPI RmShutdown(DWORD dwSessionHandle, ULONG lActionFlags, RM_WRITE_STATUS_CALLBACK fnStatus);

/* Starts them again. */
DWORD WINAPI RmRestart(DWORD dwSessionHandle, DWORD dwRestartFlags, RM_WRITE_STATUS_CALLBACK fnStatus);

/* Has the operation that runs on another thread come to an end. */
DWORD WINAPI RmCancelCurrentTask(DWORD dwSessionHandle);

/* Keeps an application from being stopped or started again: one of the three targets is given. */
DWORD WINAPI RmAddFilter(DWORD dwSessionHandle, LPCWSTR strModuleName, RM_UNIQUE_PROCESS *pProcess,
                         LPCWSTR strServiceShortName, RM_FILTER_ACTION FilterAction);

/* Takes a filter back. */
DWORD WINAPI RmRemoveFilter(DWORD dwSessionHandle, LPCWSTR strModuleName, RM_UNIQUE_PROCESS *pProcess,
                            LPCWSTR strServiceShortName);

/* Which filters are there? */
DWORD WINAPI RmGetFilterList(DWORD dwSessionHandle, PBYTE pbFilterBuf, DWORD cbFilterBuf,
                             LPDWORD cbFilterBufNeeded);

/* --- The simulated machine ---------------------------------------------------------------------------
 *
 * Which one it is, says the environment, unless the test loads one:
 *   RSTRTMGR_SCENARIO   the scenario file; its script is not played, the program is the script
 *   RSTRTMGR_INSTALLER  which installer of the scenario this process is; else the first
 *   RSTRTMGR_SHARED     instead of a scenario, the socket of a machine that several processes share
 *
 * Texts are UTF-8. A function that does not return 0 has written a line to the standard error, which
 * RmSimMessage gives too. */

/* Loads a scenario, as text or from a file. Calls in flight on the machine before end with 1067. */
DWORD WINAPI RmSimLoad(const char *scenario);
DWORD WINAPI RmSimLoadFile(const char *path);

/* The machine as its scenario begins. */
DWORD WINAPI RmSimReset(void);

/* Has time pass only by RmSimAdvance from now on; with FALSE again whenever nobody can move. */
DWORD WINAPI RmSimHold(BOOL held);

/* Lets time pass. When it returns, every call has moved on as far as it can. */
DWORD WINAPI RmSimAdvance(DWORD milliseconds);

/* How much time has passed on the machine, in milliseconds. */
DWORD WINAPI RmSimNow(uint64_t *milliseconds);

/* Waits until so many calls of other threads block and nobody moves; gives up with 1460 after so many
 * milliseconds of real time. */
DWORD WINAPI RmSimAwaitBlocked(DWORD calls, DWORD milliseconds);

/* How many calls block just now, and in how many milliseconds something happens by itself: 0xFFFFFFFF if
 * nothing will. Either may be null. With time held, a test can go from one thing to the next. */
DWORD WINAPI RmSimPending(DWORD *blocked, DWORD *milliseconds);

/* The answer of a program whose scenario says `choose`, in the order in which answers are needed. */
DWORD WINAPI RmSimChoose(const char *answer);

/* Starts a program or a service; the process may be null. */
DWORD WINAPI RmSimSpawn(const char *name, RM_UNIQUE_PROCESS *process);

/* Ends a process (an installer too), or stops a service. */
DWORD WINAPI RmSimExit(const char *name);

/* Whether a program, a service or a process runs. */
DWORD WINAPI RmSimIsRunning(const char *name, BOOL *running);

/* Which process it is; the calling one if the name is null. */
DWORD WINAPI RmSimProcess(const char *name, RM_UNIQUE_PROCESS *process);

/* The process at a place among those that run, and the name of its program: null behind the last. The name
 * stays until the next call. The process may be null. */
DWORD WINAPI RmSimProcessAt(UINT index, RM_UNIQUE_PROCESS *process, const char **program);

/* Has the calling thread act as another installer of the scenario; null for that of the process. */
DWORD WINAPI RmSimActAs(const char *installer);

/* Lets other processes use the machine of this one, through a socket at this path. When one of them ends,
 * however it does, its process on the machine ends. */
DWORD WINAPI RmSimServe(const char *path);

/* Writes what happened to a file: as a story, or (full) with every effect. */
DWORD WINAPI RmSimTranscript(const char *path, BOOL full);

/* Why the last call of this thread failed for a reason that is not the API's. */
const char *WINAPI RmSimMessage(void);

#ifdef __cplusplus
}
#endif
#endif
