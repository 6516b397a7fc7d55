//! A toy of the same kind as the real model: two installers stop three applications, which answer as they
//! like, and each is told to go on by a mutex they share. A state is packed into 64 bits.

/// How many applications there are.
const APPLICATIONS: u32 = 3;
/// The moves of an application until it is gone or has refused.
const PHASES: u64 = 7;
/// The steps of an installer from its beginning to its end.
const STEPS: u64 = 14;

/// A state: six bits for each application, four for each installer, two for the mutex.
pub type State = u64;

/// The number of bits of an application.
const BITS: u32 = 6;

const fn application(state: State, at: u32) -> u64 {
    state >> (BITS * at) & 63
}

const fn with_application(state: State, at: u32, value: u64) -> State {
    state & !(63 << (BITS * at)) | value << (BITS * at)
}

const INSTALLERS: u32 = BITS * APPLICATIONS;
const MUTEX: u32 = INSTALLERS + 8;

const fn installer(state: State, at: u32) -> u64 {
    state >> (INSTALLERS + 4 * at) & 15
}

const fn forward(state: State, at: u32) -> State {
    state + (1 << (INSTALLERS + 4 * at))
}

const fn mutex(state: State) -> u64 {
    state >> MUTEX & 3
}

const fn with_mutex(state: State, value: u64) -> State {
    state & !(3 << MUTEX) | value << MUTEX
}

/// Where it begins.
pub const FIRST: State = 0;

/// Every state one move away.
///
/// An application takes so many moments for each of its moves; after its second one it may be gone at once.
pub fn successors<const MOMENTS: u64>(state: State, mut visit: impl FnMut(u8, State)) {
    let (second, gone) = (2 * (MOMENTS + 1) - 1, PHASES * (MOMENTS + 1) - 1);
    for at in 0..APPLICATIONS {
        let value = application(state, at);
        if value < gone {
            visit(at as u8, with_application(state, at, value + 1));
        }
        if value == second {
            visit(4 + at as u8, with_application(state, at, gone));
        }
    }
    for at in 0..2 {
        let (step, own) = (installer(state, at), u64::from(at) + 1);
        // It takes the mutex, does two things, and lets go; whoever comes to the end first keeps it.
        let holder = match step % 4 {
            _ if step == STEPS => continue,
            0 if mutex(state) == 0 => own,
            3 if mutex(state) == own => 0,
            1 | 2 => mutex(state),
            _ => continue,
        };
        visit(8 + at as u8, with_mutex(forward(state, at), holder));
    }
}

/// Two installers are never at once where only the holder of the mutex may be.
pub fn is_exclusive(state: State) -> bool {
    let inside = |at| installer(state, at) % 4 != 0 && installer(state, at) < STEPS;
    !(inside(0) && inside(1)) || mutex(state) != 0
}

/// An installer has come to its end.
pub fn is_over(state: State) -> bool {
    (0..2).any(|at| installer(state, at) == STEPS)
}
