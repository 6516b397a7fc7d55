//! Who makes the choices of programs whose behavior a scenario leaves open: the test, in advance.

use std::collections::VecDeque;

use rm_sim::choice::{Choice, Choose};

use crate::log;

/// Answers in the order in which they are needed. What nobody answers is the first answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    pub(super) left: VecDeque<String>,
}

impl Choose for Answers {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let Some(answer) = self.left.front() else { return Some(0) };
        let at = choice.answers.iter().position(|known| known == answer);
        match at {
            Some(_) => drop(self.left.pop_front()),
            None => log::line(&format!(
                "`{answer}` is no answer to `{choice}` and waits on: {} was chosen of {}",
                choice.answers.first().unwrap_or(&"nothing"),
                choice.answers.join(", "),
            )),
        }
        at.or(Some(0))
    }
}
