//! What a text is as a path: RmRegisterResources takes full paths (RM-REG-22).

/// What kind of path a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A full path.
    Full,
    /// A path that depends on a current directory.
    Relative,
    /// Longer than the system allows.
    TooLong,
    /// No path at all.
    Malformed,
}

/// The most units a path can have: 32 767 with its terminator.
const MAX: usize = 32_766;

const BACKSLASH: u16 = 0x5c;

/// What these units are as a path.
pub(crate) fn form_of(units: &[u16]) -> Form {
    // `\\?\` and `\\.\` begin a path that is taken as it stands; the `?` is then no wildcard.
    let rest = match units {
        [BACKSLASH, BACKSLASH, 0x3f | 0x2e, BACKSLASH, rest @ ..] => rest,
        _ => units,
    };
    // Control characters, and `"`, `*`, `<`, `>`, `?`, `|`.
    let forbidden = |unit: &u16| matches!(unit, 0..0x20 | 0x22 | 0x2a | 0x3c | 0x3e | 0x3f | 0x7c);
    if rest.is_empty() || rest.iter().any(forbidden) {
        return Form::Malformed;
    }
    if units.len() > MAX {
        return Form::TooLong;
    }
    match units {
        [BACKSLASH, BACKSLASH, ..] => Form::Full,
        [drive, 0x3a, 0x5c | 0x2f, ..]
            if u8::try_from(*drive).is_ok_and(|drive| drive.is_ascii_alphabetic()) =>
        {
            Form::Full
        }
        _ => Form::Relative,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn full_paths_are_told_from_relative_long_and_malformed_ones() {
        let of = |text: &str| Name::from(text).form();
        for full in [r"C:\a.dll", r"c:/a.dll", r"\\server\share\a.dll", r"\\?\C:\a.dll", r"C:\"] {
            assert_eq!(of(full), Form::Full, "{full}");
        }
        for relative in ["a.dll", r"..\a.dll", r"\a.dll", "C:a.dll", r"1:\a.dll"] {
            assert_eq!(of(relative), Form::Relative, "{relative}");
        }
        for malformed in [r"C:\a*.dll", r"C:\a?.dll", "C:\\a\u{7}.dll", "a|b", "<>", r"\\?\"] {
            assert_eq!(of(malformed), Form::Malformed, "{malformed}");
        }
        let long = |units: usize| [r"C:\", &"a".repeat(units - 3)].concat();
        assert_eq!(of(&long(MAX)), Form::Full);
        assert_eq!(of(&long(MAX + 1)), Form::TooLong);
    }
}
