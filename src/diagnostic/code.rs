//! The one list of diagnostic codes.
//!
//! Numbers are never reused. `AUD01xx` shape of the text, `AUD02xx` names, types and meaning, `AUD03xx` limits and
//! rules, `AUD04xx` the project file, `AUD05xx` the data.

use std::fmt;

use super::Severity;

macro_rules! codes {
    ($($name:ident = $number:literal $severity:ident $summary:literal;)*) => {
        /// A diagnostic code, shown as `AUD0207`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $(#[doc = $summary] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number in `AUD0207`.
            pub fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* }
            }

            /// The severity that its diagnostics have.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What the rule asks for, in one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary,)* }
            }
        }
    };
}

codes! {
    // Shape of the text.
    UnexpectedText = 101 Error "Something stands where the language expects something else.";
    MissingVersion = 102 Error "A file starts with `version` and a number.";
    UnknownVersion = 103 Error "The version of the language is one that this build reads.";
    MisplacedVersion = 104 Error "`version` is the first item of a file and stands there once.";
    Unclosed = 105 Error "Every opened brace, parenthesis and bracket is closed.";
    UnterminatedText = 106 Error "A text ends on the line it starts on.";
    InvalidEscape = 107 Error "A text is written as in JSON.";
    InvalidNumber = 108 Error "A number is written as in JSON, with an optional sign; counts are whole.";
    InvalidDate = 109 Error "A date is a day of the calendar, an instant has a time and an offset.";
    NestingTooDeep = 110 Error "Criteria nest at most 64 levels deep.";
    NotInThisBuild = 111 Error "The language has it, this build does not have it yet.";
    ForeignOperator = 112 Error "Operators are words and signs of this language.";
    OperatorOfOtherType = 113 Error "`is` compares texts, `=` compares numbers, `before` and `after` compare dates.";
    WrongCase = 114 Error "The words of the language are written in lower case.";
    ForeignQuotes = 115 Error "Texts stand in double quotes.";
    UnquotedName = 116 Error "Names of data stand in quotes.";
    QuotedName = 117 Error "Names of code stand without quotes.";
    PartsOutOfOrder = 118 Error "The parts of a criterion stand in the order: what, `where`, count, time, `in`.";
    RepeatedPart = 119 Error "Each part of a criterion is written once.";
    BareConditions = 120 Error "More than one condition, and conditions on dates, stand in parentheses.";
    MixedJoiners = 121 Error "`and` and `or` are mixed only with parentheses.";
    JoinerAfterExclude = 122 Error "`exclude` takes away from the whole group before it.";
    StrayJoiner = 123 Error "`and` and `or` stand between two criteria.";
    EmptyGroup = 124 Error "A group holds at least one criterion.";
    MissingComma = 125 Error "The entries of a list are separated by commas.";
    TimeSpelling = 126 Error "A recent time is written `within last 7 days`, with a unit of fixed length.";
    CountSpelling = 127 Error "A count is written `at least 3 times`.";
    MisplacedLabel = 128 Error "One label stands before one criterion or group, after any `not`.";
    MissingPercent = 129 Error "A share is a percentage.";
    InvalidName = 130 Error "Names of code are letters, digits and `_`, and start with no digit.";
    FormatterUnsound = 199 Error "The formatter changes the layout of a file and never its meaning.";
    // Names, types and meaning.
    UnknownAudience = 201 Error "A reference names an audience that the project does not define.";
    // Limits and rules.
    TagTooLong = 301 Error "A tag has at most 18 characters.";
    // The project file.
    InvalidYaml = 401 Error "The project file is not YAML.";
    // The data.
    NeverSeen = 501 Warning "A name of data was never seen in the data.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AUD{:04}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_ascending() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }
}
