"""The Windows Restart Manager by ctypes: the real one on Windows, the simulated one elsewhere.

The simulated one is the shared library that RSTRTMGR_LIBRARY names. Texts of the API have 16-bit units, which
`c_wchar` has on Windows alone: `wide` makes them everywhere.
"""

import ctypes
import os
import tempfile
from ctypes import POINTER, Structure, byref, c_char_p, c_int32, c_uint8, c_uint16, c_uint32, c_uint64

ERROR_SUCCESS, ERROR_MORE_DATA, ERROR_FAIL_SHUTDOWN, ERROR_CANCELLED = 0, 234, 351, 1223
RM_FORCE_SHUTDOWN, RM_SHUTDOWN_ONLY_REGISTERED = 0x1, 0x10
SESSION_KEY_UNITS = 33


class FILETIME(Structure):
    _fields_ = [("dwLowDateTime", c_uint32), ("dwHighDateTime", c_uint32)]


class RM_UNIQUE_PROCESS(Structure):
    _fields_ = [("dwProcessId", c_uint32), ("ProcessStartTime", FILETIME)]


class RM_PROCESS_INFO(Structure):
    _fields_ = [
        ("Process", RM_UNIQUE_PROCESS),
        ("strAppName", c_uint16 * 256),
        ("strServiceShortName", c_uint16 * 64),
        ("ApplicationType", c_int32),
        ("AppStatus", c_uint32),
        ("TSSessionId", c_uint32),
        ("bRestartable", c_int32),
    ]

    @property
    def name(self):
        return text(self.strAppName)


assert ctypes.sizeof(RM_UNIQUE_PROCESS) == 12 and ctypes.sizeof(RM_PROCESS_INFO) == 668

if os.name == "nt":
    LIBRARY, FUNCTION = ctypes.WinDLL("rstrtmgr"), ctypes.WINFUNCTYPE
else:
    LIBRARY, FUNCTION = ctypes.CDLL(os.environ.get("RSTRTMGR_LIBRARY", "librstrtmgr.so")), ctypes.CFUNCTYPE

STATUS_CALLBACK = FUNCTION(None, c_uint32)
WSTR = POINTER(c_uint16)
FUNCTIONS = {
    "RmStartSession": [POINTER(c_uint32), c_uint32, WSTR],
    "RmJoinSession": [POINTER(c_uint32), WSTR],
    "RmEndSession": [c_uint32],
    "RmRegisterResources": [c_uint32, c_uint32, POINTER(WSTR), c_uint32, POINTER(RM_UNIQUE_PROCESS), c_uint32,
                            POINTER(WSTR)],
    "RmGetList": [c_uint32, POINTER(c_uint32), POINTER(c_uint32), POINTER(RM_PROCESS_INFO), POINTER(c_uint32)],
    "RmShutdown": [c_uint32, c_uint32, STATUS_CALLBACK],
    "RmRestart": [c_uint32, c_uint32, STATUS_CALLBACK],
    "RmCancelCurrentTask": [c_uint32],
    "RmAddFilter": [c_uint32, WSTR, POINTER(RM_UNIQUE_PROCESS), WSTR, c_int32],
    "RmRemoveFilter": [c_uint32, WSTR, POINTER(RM_UNIQUE_PROCESS), WSTR],
    "RmGetFilterList": [c_uint32, POINTER(c_uint8), c_uint32, POINTER(c_uint32)],
}
for _name, _arguments in FUNCTIONS.items():
    _function = getattr(LIBRARY, _name)
    _function.argtypes, _function.restype = _arguments, c_uint32
    globals()[_name] = _function


def wide(value):
    """A text as the API takes it: an array of 16-bit units with a NUL."""
    units = value.encode("utf-16-le", "surrogatepass")
    return (c_uint16 * (len(units) // 2 + 1)).from_buffer_copy(units + b"\0\0")


def wides(values):
    """An array of texts."""
    return (WSTR * len(values))(*(ctypes.cast(wide(value), WSTR) for value in values))


def text(units):
    """What stands in an array of 16-bit units before its NUL."""
    return bytes(units).decode("utf-16-le", "replace").split("\0")[0]


class Error(Exception):
    """A function returned something else than 0."""

    def __init__(self, function, code):
        super().__init__(f"{function} returned {code}")
        self.code = code


class Session:
    """A session, as a program in Python would use it: `with Session() as session: …`."""

    def __init__(self, key=None):
        self.handle = c_uint32(0xFFFFFFFF)
        self.key = (c_uint16 * SESSION_KEY_UNITS)()
        if key is None:
            check("RmStartSession", LIBRARY.RmStartSession(byref(self.handle), 0, self.key))
        else:
            check("RmJoinSession", LIBRARY.RmJoinSession(byref(self.handle), key))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        check("RmEndSession", LIBRARY.RmEndSession(self.handle))

    def register(self, *files):
        names = wides(files)
        check("RmRegisterResources",
              LIBRARY.RmRegisterResources(self.handle, len(files), names, 0, None, 0, None))

    def list(self):
        """The applications that use what was registered, and the reboot reasons."""
        needed, count, reasons = c_uint32(0), c_uint32(0), c_uint32(0)
        apps = (RM_PROCESS_INFO * 0)()
        for _ in range(5):
            code = LIBRARY.RmGetList(self.handle, byref(needed), byref(count), apps, byref(reasons))
            if code != ERROR_MORE_DATA:
                break
            apps, count = (RM_PROCESS_INFO * needed.value)(), c_uint32(needed.value)
        check("RmGetList", code)
        return list(apps[:count.value]), reasons.value

    def shutdown(self, flags=0, progress=None):
        check("RmShutdown", LIBRARY.RmShutdown(self.handle, flags, STATUS_CALLBACK(progress or 0)))

    def restart(self, progress=None):
        check("RmRestart", LIBRARY.RmRestart(self.handle, 0, STATUS_CALLBACK(progress or 0)))

    def cancel(self):
        check("RmCancelCurrentTask", LIBRARY.RmCancelCurrentTask(self.handle))


def check(function, code):
    if code != ERROR_SUCCESS:
        raise Error(function, code)


class Machine:
    """The simulated machine of this process: what a test does besides calling the API."""

    def __init__(self, scenario):
        self._do("RmSimLoad", c_char_p(scenario.encode()))

    @staticmethod
    def _do(function, *arguments):
        simulated = getattr(LIBRARY, function)
        simulated.restype = c_uint32
        code = simulated(*arguments)
        if code != ERROR_SUCCESS:
            LIBRARY.RmSimMessage.restype = c_char_p
            raise Error(LIBRARY.RmSimMessage().decode(), code)

    def is_running(self, name):
        running = c_int32(0)
        self._do("RmSimIsRunning", c_char_p(name.encode()), byref(running))
        return bool(running.value)

    def spawn(self, name):
        process = RM_UNIQUE_PROCESS()
        self._do("RmSimSpawn", c_char_p(name.encode()), byref(process))
        return process

    def exit(self, name):
        self._do("RmSimExit", c_char_p(name.encode()))

    def process(self, name=None):
        process = RM_UNIQUE_PROCESS()
        self._do("RmSimProcess", c_char_p(name and name.encode()), byref(process))
        return process

    def act_as(self, installer=None):
        self._do("RmSimActAs", c_char_p(installer and installer.encode()))

    def choose(self, answer):
        self._do("RmSimChoose", c_char_p(answer.encode()))

    def hold(self, held=True):
        self._do("RmSimHold", c_int32(held))

    def advance(self, milliseconds):
        self._do("RmSimAdvance", c_uint32(milliseconds))

    def await_blocked(self, calls=1, milliseconds=10_000):
        self._do("RmSimAwaitBlocked", c_uint32(calls), c_uint32(milliseconds))

    def serve(self, path):
        self._do("RmSimServe", c_char_p(os.fsencode(path)))

    @property
    def now(self):
        milliseconds = c_uint64(0)
        self._do("RmSimNow", byref(milliseconds))
        return milliseconds.value

    def transcript(self, full=False):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "transcript")
            self._do("RmSimTranscript", c_char_p(os.fsencode(path)), c_int32(full))
            with open(path, encoding="utf-8") as file:
                return file.read()
