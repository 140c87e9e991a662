//! The parser: tolerant of fastjson's keys, strict about everything else, bounded in depth and memory.

use super::Value;

/// How deep values may lie in each other. The deepest answer of a server has 6 levels.
const DEPTH: u32 = 64;

/// Memory that the values of one text may take, in bytes: some 500,000 queues of `GET_CONSUME_STATS`.
const MEMORY: usize = 128 * 1024 * 1024;

/// Memory of one value in a list or a map. Growing lists reserve up to twice of what they hold.
const ELEMENT: usize = 2 * size_of::<Value>();

/// Reads one value, and nothing behind it.
///
/// # Errors
/// What is wrong, and at which byte.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("no UTF-8 at byte {}", error.valid_up_to()))?;
    let mut parser = Parser { text, at: 0, memory: MEMORY };
    let value = parser.value(DEPTH)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.wrong("something behind the end"));
    }
    Ok(value)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// What may still be taken.
    memory: usize,
}

impl Parser<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("{what} at byte {}", self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over this byte, if it is the next one that is no space.
    fn skip(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, bytes: usize) -> Result<(), String> {
        self.memory = self.memory.checked_sub(bytes).ok_or_else(|| self.wrong("more values than memory allows"))?;
        Ok(())
    }

    fn value(&mut self, depth: u32) -> Result<Value, String> {
        let depth = depth.checked_sub(1).ok_or_else(|| self.wrong("values too deep in each other"))?;
        self.take(ELEMENT)?;
        self.space();
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("no value"))
    }

    fn list(&mut self, depth: u32) -> Result<Value, String> {
        self.at += 1;
        let mut list = Vec::new();
        if self.skip(b']') {
            return Ok(Value::List(list));
        }
        loop {
            list.push(self.value(depth)?);
            if self.skip(b']') {
                return Ok(Value::List(list));
            }
            if !self.skip(b',') {
                return Err(self.wrong("neither , nor ]"));
            }
        }
    }

    fn map(&mut self, depth: u32) -> Result<Value, String> {
        self.at += 1;
        let mut map = Vec::new();
        if self.skip(b'}') {
            return Ok(Value::Map(map));
        }
        loop {
            let key = self.key(depth)?;
            if !self.skip(b':') {
                return Err(self.wrong("no : behind a key"));
            }
            let value = self.value(depth)?;
            if key == Value::from("$ref") {
                return Err(self.wrong("a reference of fastjson"));
            }
            map.push((key, value));
            if self.skip(b'}') {
                return Ok(Value::Map(map));
            }
            if !self.skip(b',') {
                return Err(self.wrong("neither , nor }"));
            }
        }
    }

    /// A text; fastjson also writes numbers (`{0:…}`) and whole objects (`{{…}:…}`) as keys.
    fn key(&mut self, depth: u32) -> Result<Value, String> {
        let key = self.value(depth)?;
        if matches!(key, Value::Text(_) | Value::Int(_) | Value::Map(_)) {
            return Ok(key);
        }
        Err(self.wrong(&format!("{} as a key", key.kind())))
    }

    fn number(&mut self) -> Result<Value, String> {
        let is_part = |byte: u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        let length = self.rest().bytes().take_while(|byte| is_part(*byte)).count();
        let digits = self.rest().get(..length).unwrap_or_default();
        let value = match digits.parse::<i64>() {
            Ok(whole) => Some(Value::Int(whole)),
            Err(_) => digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Float),
        };
        let value = value.ok_or_else(|| self.wrong("no number"))?;
        self.at += length;
        Ok(value)
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let plain = self.rest().find(['"', '\\']).ok_or_else(|| self.wrong("a text without end"))?;
            self.take(plain)?;
            string.push_str(self.rest().get(..plain).unwrap_or_default());
            self.at += plain + 1;
            if self.text.as_bytes().get(self.at - 1) == Some(&b'"') {
                return Ok(string);
            }
            string.push(self.escaped()?);
            self.take(size_of::<char>())?;
        }
    }

    /// What follows a backslash. Beside JSON's own, fastjson writes `\v` and hexadecimal `\x0b`.
    fn escaped(&mut self) -> Result<char, String> {
        let letter = self.rest().chars().next().ok_or_else(|| self.wrong("a text without end"))?;
        self.at += letter.len_utf8();
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '"' | '\\' | '/' | '\'' => letter,
            'x' => char::from_u32(self.hexadecimal(2)?).ok_or_else(|| self.wrong("no character"))?,
            'u' => self.unit()?,
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    /// A character as one UTF-16 unit or two.
    fn unit(&mut self) -> Result<char, String> {
        let mut code = self.hexadecimal(4)?;
        if (0xd800..0xdc00).contains(&code) && self.rest().starts_with("\\u") {
            self.at += 2;
            let low = self.hexadecimal(4)?;
            let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400);
            code = 0x1_0000 + ((code - 0xd800) << 10) + low.ok_or_else(|| self.wrong("half of a character"))?;
        }
        char::from_u32(code).ok_or_else(|| self.wrong("half of a character"))
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<u32, String> {
        let text = self.rest().get(..digits).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = text.and_then(|text| u32::from_str_radix(text, 16).ok());
        let number = number.ok_or_else(|| self.wrong("no hexadecimal number"))?;
        self.at += digits;
        Ok(number)
    }
}
