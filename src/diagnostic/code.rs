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
    // Names, types and meaning.
    UnknownAudience = 201 Error "A reference names an audience that the project does not define.";
    // Limits and rules.
    TagTooLong = 301 Error "A tag has at most 18 characters.";
    // The project file.
    InvalidYaml = 401 Error "The project file is not YAML.";
    UnreadableProject = 402 Error "The project file is there, is text in UTF-8, and is not empty or boundless.";
    UnsupportedVersion = 403 Error "The project file has a version that this build reads.";
    UnknownKey = 404 Error "Every key of the project file is one that means something there.";
    MissingKey = 405 Error "A key that everything depends on is there and has a value.";
    WrongType = 406 Error "A value of the project file has the type that its key takes.";
    DuplicateKey = 407 Error "A key stands once in its map, and a name is given once.";
    InvalidName = 408 Error "A name that definitions refer to consists of letters, digits and `_`.";
    InvalidValue = 409 Error "A value of the project file can be read as what its key takes.";
    UnknownReference = 410 Error "A reference within the project file names something that the file defines.";
    UnknownChoice = 411 Error "A value that is one of a few known words is one of them.";
    LiteralSecret = 412 Error "A secret is a reference to where it lies, never the value itself.";
    NotInThisBuild = 413 Error "What the project file asks for is something that this build has.";
    ConflictingKeys = 414 Error "Keys that exclude each other do not stand together.";
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
