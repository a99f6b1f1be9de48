//! Reading definitions back from JSON that an earlier run wrote.
//!
//! In: bytes. Out: any value with definitions inside. One level of a criterion is several levels of JSON, more than JSON
//! readers allow by default, so the depth is bounded here: deep enough for every definition that can be written, shallow
//! enough for every stack.

use serde::de::{DeserializeOwned, Error as _};

/// How many brackets may be open at once: 64 levels of criteria, each at most five of JSON, and what stands around them.
const MAX_DEPTH: usize = 384;

/// Reads a value from JSON.
///
/// # Errors
/// Says what does not fit and where; JSON that is nested too deeply is an error like any other.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    if depth(bytes) > MAX_DEPTH {
        return Err(serde_json::Error::custom(format!("it is nested more than {MAX_DEPTH} levels deep")));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    reader.disable_recursion_limit();
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// How many brackets are open at once at most. Exact for JSON; what is not JSON is refused by the reader in any case,
/// and never opens more than is counted here.
fn depth(bytes: &[u8]) -> usize {
    let (mut open, mut most) = (0usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                open += 1;
                most = most.max(open);
            }
            b'}' | b']' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;
    use crate::ir::{Criterion, Kind};

    /// `levels` groups inside one another, each negated: the deepest form of JSON for each level of the language.
    fn deep(levels: usize) -> Criterion {
        let member = || Criterion::new(Kind::Member(Name::new("vip").unwrap()));
        (0..levels).fold(member(), |inner, level| {
            let inner = Criterion::new(Kind::Not(Box::new(inner)));
            let both = vec![member(), inner];
            Criterion::new(if level % 2 == 0 { Kind::All(both) } else { Kind::Any(both) })
        })
    }

    #[test]
    fn the_deepest_definition_reads_back() {
        let criterion = deep(64);
        let json = serde_json::to_vec(&criterion).unwrap();
        assert!(depth(&json) > 128, "deeper than the reader's own limit");
        assert_eq!(from_json::<Criterion>(&json).unwrap(), criterion);
    }

    #[test]
    fn hostile_depth_is_an_error() {
        let error = from_json::<Criterion>("[".repeat(1 << 20).as_bytes()).unwrap_err();
        assert!(error.to_string().contains("levels deep"), "{error}");
        let nested = format!(r#"{{"kind":{}"everyone"{}}}"#, r#"{"not":{"kind":"#.repeat(400), "}}".repeat(400));
        assert!(from_json::<Criterion>(nested.as_bytes()).is_err());
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        assert_eq!(depth(br#"{"a":"[[[[\"[[","b":[1]}"#), 2);
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert!(from_json::<u8>(b"1 2").is_err());
    }
}
