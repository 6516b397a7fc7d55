//! Behaviors and times read as they are said.

use rm_core::Millis;
use rm_sim::world::{Answer, InTurn, Reaction, Shown, parse_millis};

#[test]
fn behaviors_read_as_they_are_said() {
    assert_eq!("yes".parse(), Ok(Answer::Yes(Millis(0))));
    assert_eq!("no after 2.5s".parse(), Ok(Answer::No(Millis(2500))));
    assert_eq!("exits after 300ms".parse(), Ok(Reaction::Exits(Millis(300))));
    assert_eq!("never".parse(), Ok(Answer::Never));
    for bad in
        ["", "maybe", "never after 2s", "yes after", "yes after 2", "yes after -1s", "exits after 9e9s"]
    {
        assert!(bad.parse::<Answer>().is_err(), "{bad}");
    }
    assert!("yes".parse::<Reaction>().is_err());
}

#[test]
fn answers_act_in_turn_and_the_last_one_stays() {
    let (yes, no) = (Answer::Yes(Millis(0)), Answer::No(Millis(0)));
    let twice: InTurn<Answer> = "no, no,yes".parse().unwrap();
    assert_eq!([0, 1, 2, 3, u32::MAX].map(|times| twice.after(times)), [no, no, yes, yes, yes]);
    assert_eq!((twice.bound(), InTurn::from(no).bound()), (2, 0));
    assert_eq!(twice.to_string().parse(), Ok(twice));
    assert!("no,, yes".parse::<InTurn<Answer>>().is_err());
}

#[test]
fn times_are_shown_as_they_are_read() {
    for text in ["0s", "300ms", "2s", "2.5s", "1.001s"] {
        assert_eq!(Shown(parse_millis(text).unwrap()).to_string(), text);
    }
}
