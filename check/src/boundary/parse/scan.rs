//! Reads one line from left to right.

use rm_core::Name;

use super::Damaged;

/// A line, and how far it has been read.
pub(super) struct Scan<'a> {
    number: usize,
    line: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(number: usize, line: &'a str) -> Self {
        Self { number, line, at: 0 }
    }

    /// What has not been read.
    fn left(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// What is wrong here.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Damaged {
        let before = self.line.get(..self.at).unwrap_or_default();
        Damaged { line: self.number, column: before.chars().count() + 1, message: message.into() }
    }

    fn expected(&self, what: &str) -> Damaged {
        let found: String =
            self.left().chars().take_while(|letter| !letter.is_whitespace()).take(30).collect();
        let found = if found.is_empty() { "nothing".into() } else { format!("`{found}`") };
        self.wrong(format!("expected {what}, found {found}"))
    }

    /// Goes past this text, if it comes next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let takes = self.left().starts_with(text);
        if takes {
            self.at += text.len();
        }
        takes
    }

    /// Whether this word comes next, and not only the beginning of another.
    pub(super) fn starts_with_word(&self, word: &str) -> bool {
        let behind = self.left().strip_prefix(word).map(|rest| rest.chars().next());
        behind.is_some_and(|next| next.is_none_or(|letter| !letter.is_ascii_alphanumeric() && letter != '-'))
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), Damaged> {
        if self.take(text) { Ok(()) } else { Err(self.expected(&format!("`{text}`"))) }
    }

    pub(super) fn blanks(&mut self) {
        while self.take(" ") {}
    }

    /// Goes to the end of the line.
    pub(super) const fn rest(&mut self) {
        self.at = self.line.len();
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Damaged> {
        self.blanks();
        if self.left().is_empty() { Ok(()) } else { Err(self.expected("the end of the line")) }
    }

    /// The letters that are all so.
    fn letters(&mut self, is_so: impl Fn(char) -> bool) -> &'a str {
        let left = self.left();
        let length = left.find(|letter| !is_so(letter)).unwrap_or(left.len());
        self.at += length;
        left.get(..length).unwrap_or_default()
    }

    pub(super) fn mark(&mut self) -> Result<char, Damaged> {
        let mark = self.left().chars().next().ok_or_else(|| self.expected("`>`, `<`, `:`, `%` or `*`"))?;
        self.at += mark.len_utf8();
        Ok(mark)
    }

    /// A whole number, decimal or with `0x`.
    pub(super) fn number(&mut self, what: &str) -> Result<u32, Damaged> {
        let place = self.expected(&format!("{what} below 2^32"));
        u32::try_from(self.number_64(what)?).map_err(|_| place)
    }

    pub(super) fn number_64(&mut self, what: &str) -> Result<u64, Damaged> {
        let place = self.expected(what);
        let read = if self.take("0x") {
            u64::from_str_radix(self.letters(|letter| letter.is_ascii_hexdigit()), 16)
        } else {
            self.letters(|letter| letter.is_ascii_digit()).parse()
        };
        read.map_err(|_| place)
    }

    /// Seconds with three decimals, in milliseconds.
    pub(super) fn moment(&mut self) -> Result<u64, Damaged> {
        let place = self.expected("a time such as `12.345`");
        let seconds: Option<u64> = self.letters(|letter| letter.is_ascii_digit()).parse().ok();
        if !self.take(".") {
            return Err(place);
        }
        let decimals = self.letters(|letter| letter.is_ascii_digit());
        let millis: Option<u64> = decimals.parse().ok().filter(|_| decimals.len() == 3);
        let moment = seconds.zip(millis);
        moment.and_then(|(seconds, millis)| seconds.checked_mul(1000)?.checked_add(millis)).ok_or(place)
    }

    /// Whether a name in quotes comes next.
    pub(super) fn starts_with_quote(&self) -> bool {
        self.left().starts_with('\'')
    }

    /// A bare word, or a name in quotes.
    pub(super) fn word(&mut self, what: &str) -> Result<String, Damaged> {
        if self.starts_with_quote() {
            let units = self.name(what)?;
            return Ok(units.to_string());
        }
        let place = self.expected(what);
        let word = self.letters(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter));
        if word.is_empty() { Err(place) } else { Ok(word.into()) }
    }

    /// A name in quotes, in which `\u{…}` is one unit or character.
    pub(super) fn name(&mut self, what: &str) -> Result<Name, Damaged> {
        if !self.take("'") {
            return Err(self.expected(&format!("{what} in single quotes")));
        }
        let mut units = Vec::new();
        loop {
            if self.take("'") {
                return Ok(Name::from_units(&units));
            }
            if self.take("\\u{") {
                let place = self.expected("one to six hexadecimal digits and `}`");
                let digits = self.letters(|letter| letter.is_ascii_hexdigit());
                let code =
                    u32::from_str_radix(digits, 16).ok().filter(|_| self.take("}")).ok_or(place.clone())?;
                match (u16::try_from(code), char::from_u32(code)) {
                    (Ok(unit), _) => units.push(unit),
                    (Err(_), Some(letter)) => units.extend(letter.encode_utf16(&mut [0; 2]).iter()),
                    (Err(_), None) => return Err(place),
                }
                continue;
            }
            let Some(letter) = self.left().chars().next() else {
                return Err(self.expected("a closing quote"));
            };
            self.at += letter.len_utf8();
            units.extend(letter.encode_utf16(&mut [0; 2]).iter());
        }
    }
}
