//! Reads the text files of the catalogue while the crate is compiled.
//!
//! A record is a header line of words and then details, one a line, indented by four blanks. Lines
//! that are empty or begin with `#` are passed over. A file that is not so fails the build.
#![expect(clippy::panic, reason = "runs while compiling: a panic is a compile error")]

/// A place in a text.
pub(crate) struct Reader {
    text: &'static str,
    at: usize,
}

impl Reader {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, at: 0 }
    }

    /// The next header, past whatever of the last record was not read.
    pub(crate) const fn header(&mut self) -> Option<&'static str> {
        while self.at < self.text.len() {
            let line = self.line();
            if !matches!(byte(line, 0), None | Some(b'#' | b' ')) {
                return Some(line);
            }
        }
        None
    }

    /// The next detail of the current record.
    pub(crate) const fn detail(&mut self) -> Option<&'static str> {
        if !matches!(byte(self.text, self.at), Some(b' ')) {
            return None;
        }
        Some(self.line().split_at(4).1)
    }

    /// A detail that has to be there.
    pub(crate) const fn expect(&mut self) -> &'static str {
        match self.detail() {
            Some(detail) => detail,
            None => panic!("a record of the catalogue lacks a line"),
        }
    }

    /// A detail that has to be there and to begin with `label`; what follows the label.
    pub(crate) const fn labelled(&mut self, label: &str) -> &'static str {
        let detail = self.expect();
        assert!(starts_with(detail, label), "a line of the catalogue lacks its label");
        detail.split_at(label.len()).1
    }

    #[expect(clippy::indexing_slicing, reason = "runs while compiling, within bounds that the loop checks")]
    const fn line(&mut self) -> &'static str {
        // Splitting bytes instead of the text halves the time it takes to compile this crate.
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        self.at = if end < bytes.len() { end + 1 } else { end };
        match core::str::from_utf8(bytes.split_at(end).0.split_at(start).1) {
            Ok(line) => line,
            Err(_) => panic!("the catalogue is not UTF-8"),
        }
    }
}

/// How many records a text holds.
pub(crate) const fn count(text: &'static str) -> usize {
    let mut reader = Reader::new(text);
    let mut count = 0;
    while reader.header().is_some() {
        count += 1;
    }
    count
}

/// The `n`-th word of a header, counted from 0; empty where there are fewer.
pub(crate) const fn word(line: &'static str, n: usize) -> &'static str {
    let (mut at, mut left) = (0, n);
    while left > 0 {
        match byte(line, at) {
            None => return "",
            Some(b' ') => left -= 1,
            Some(_) => {}
        }
        at += 1;
    }
    let rest = line.split_at(at).1;
    let mut end = 0;
    while !matches!(byte(rest, end), None | Some(b' ')) {
        end += 1;
    }
    rest.split_at(end).0
}

/// `==` for texts, while compiling.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && starts_with(a, b)
}

pub(crate) const fn starts_with(text: &str, start: &str) -> bool {
    let mut at = 0;
    while at < start.len() {
        match (byte(text, at), byte(start, at)) {
            (Some(a), Some(b)) if a == b => at += 1,
            _ => return false,
        }
    }
    true
}

#[expect(clippy::indexing_slicing, reason = "within the bounds that were just compared")]
pub(crate) const fn byte(text: &str, at: usize) -> Option<u8> {
    let bytes = text.as_bytes();
    if at < bytes.len() { Some(bytes[at]) } else { None }
}
