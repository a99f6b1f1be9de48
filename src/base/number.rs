//! Numbers as people read them.

/// A number with its thousands set apart.
///
/// ```
/// use aud::base::number::grouped;
/// assert_eq!([grouped(0), grouped(999), grouped(1_204), grouped(9_876_543)], ["0", "999", "1,204", "9,876,543"]);
/// ```
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
