//! The policy of a scenario: one by name, with single answers given by letter.

use rm_core::rules::{Latitude, Policy};

use crate::scenario::Problem;
use crate::scenario::format::File;

pub(super) fn policy(file: &File) -> Result<Policy, Problem> {
    let mut policy = match &file.policy {
        None => Policy::default(),
        Some(name) => match name.get_ref().as_str() {
            "default" => Policy::seen(),
            "documented" => Policy::documented(),
            other => {
                let message = format!("there is no policy `{other}`; expected `default` or `documented`");
                return Err(Problem::new(name.span(), message));
            }
        },
    };
    for (id, letter) in &file.answers {
        let Some(latitude) = Latitude::find(id.get_ref()) else {
            return Err(Problem::new(id.span(), format!("there is no latitude `{}`", id.get_ref())));
        };
        let answer = match letter.get_ref().as_bytes() {
            [letter @ b'a'..=b'h'] => policy.with(latitude, letter - b'a'),
            _ => None,
        };
        let count = u8::try_from(latitude.row().answers().count()).unwrap_or_default();
        policy = answer.ok_or_else(|| {
            let last = char::from(b'a' + count.saturating_sub(1));
            let message =
                format!("`{latitude}` has no answer `{}`; expected `a` to `{last}`", letter.get_ref());
            Problem::new(letter.span(), message)
        })?;
    }
    Ok(policy)
}
