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
    UnreadableFile = 131 Error "A file of definitions can be read and is text in UTF-8.";
    MisplacedCount = 132 Error "A step of a sequence, a first or latest event and a calculation have no count.";
    MisplacedPart = 133 Error "A part of a criterion or of a test stands where it means something.";
    ItemWithoutProducts = 134 Error "`item` counts the products of commerce events.";
    MissingTest = 135 Error "A calculation that is a criterion says what its value must be.";
    OtherWord = 136 Error "Each thing has one word in the language.";
    MissingWord = 137 Error "The small words of a criterion and of a fact are written out.";
    SuperfluousWord = 138 Error "A fact puts its value behind its name, and nothing between them.";
    FormatterUnsound = 199 Error "The formatter changes the layout of a file and never its meaning.";
    // Names, types and meaning.
    UnknownAudience = 201 Error "A reference names an audience that the project does not define.";
    UnknownCriterion = 202 Error "A reference names a criterion that the project does not define.";
    UnknownWorkspace = 203 Error "A workspace is named that the project file does not list.";
    UnknownInput = 204 Error "An input is named that its workspace does not have.";
    AmbiguousInput = 205 Error "An input's bare name stands for inputs of several workspaces.";
    UnknownOutput = 206 Error "A connection names an output that the project file does not configure.";
    TypeMismatch = 207 Error "An operator does not fit the type of the attribute that it tests.";
    UnknownSetting = 208 Error "A setting is given that the output does not have.";
    SettingType = 209 Error "A setting's value is not of the kind that the output takes.";
    MissingSetting = 210 Error "An output needs a setting that the connection does not give.";
    UnknownVariant = 211 Error "A connection names a variant that the audience's split does not have.";
    UnknownIdentityType = 212 Error "An identity type is named that the platform does not have.";
    UnknownEventType = 213 Error "A custom event type is named that the platform does not have.";
    LetterCase = 214 Error "A name of data differs from a known one only in upper and lower case.";
    ConflictingUses = 215 Error "An attribute that no data or schema describes is used as two different types.";
    ValueNotAllowed = 216 Error "A value is asked for that the schema does not allow for the attribute.";
    MixedValues = 217 Error "A list of values mixes texts and numbers.";
    QualifierWithoutMeaning = 218 Error "`product` or `action` is asked of an event that has none.";
    WorkspaceLeftOut = 219 Error "In a project with several workspaces, an audience says which ones it reads.";
    InputOutside = 220 Error "An input belongs to a workspace that the audience does not read.";
    ScopeOutside = 221 Error "`in` names something that the audience itself does not read.";
    ScopeKind = 222 Error "`in` of a user criterion takes workspaces, `in` of an event takes inputs.";
    DuplicateAddress = 223 Error "An address is used by two items.";
    MovedTarget = 224 Error "A rename leads to an audience that does not exist.";
    MovedSource = 225 Error "A rename starts from an audience that still exists.";
    MovedTwice = 226 Error "An address is renamed twice, or two deployed audiences would become one.";
    CriterionCycle = 227 Error "A criterion uses itself, directly or through others.";
    AudienceCycle = 228 Error "An audience nests itself, directly or through others.";
    DeployedAudienceNested = 229 Error "A deployed audience cannot be deleted while another one nests it.";
    BoundsOrder = 230 Error "The lower bound of a range stands after the upper one.";
    ListWord = 231 Error "An operator of lists is written without `list`, or `list` with another operator.";
    LengthTooLong = 232 Error "A length of time fits into 64 bits of milliseconds.";
    ValueOfOperator = 233 Error "A value is not of the kind that its operator compares.";
    UnknownDeviceField = 234 Error "Something is asked of a device that devices do not have.";
    UnknownLocationField = 235 Error "Something is asked of a location that locations do not have.";
    UnknownRegulation = 236 Error "Consent is asked under a law that the language does not know.";
    UnknownPurpose = 237 Error "The only purpose under `ccpa` is `data_sale_opt_out`.";
    TypeWithoutMeaning = 238 Error "`type` is asked of an event that has no custom type.";
    NeedsNumber = 240 Error "Sums, averages, minima and maxima are of numbers.";
    UnknownPlace = 241 Error "A place is named that the gazetteer does not have.";
    AmbiguousPlace = 242 Error "A place's name stands for one city.";
    CoordinateRange = 243 Error "Coordinates are degrees north from -90 to 90, then degrees east from -180 to 180.";
    DistanceRange = 244 Error "A distance is more than zero.";
    NowOfTest = 250 Error "A test says once when it starts.";
    StepBack = 251 Error "The steps of a test go forward in time.";
    UnknownTestUser = 252 Error "A test speaks only of users that it defines.";
    TestUserCycle = 253 Error "A user of a test starts from itself, directly or through others.";
    DuplicateTestUser = 254 Error "A test defines each of its users once, and a list names each of them once.";
    DuplicateMpid = 255 Error "Every user of a test has an MPID of its own.";
    DuplicateTestTitle = 256 Warning "Tests are told apart by their titles.";
    FutureEvent = 257 Warning "An event of a test that happens later than the test asks does not count.";
    UnreadableValue = 258 Warning "A value in a test cannot be read as the type that its attribute has, so that it is missing.";
    ImpossibleFact = 259 Error "What a test says of a user can be so.";
    ExpectationsContradict = 260 Error "A test does not expect two things at once that exclude each other.";
    NothingExpected = 261 Warning "A test that expects nothing checks nothing.";
    DraftExpected = 262 Error "A draft has no members, so that nothing can be expected of it.";
    // Limits and rules.
    TagTooLong = 301 Error "A tag has at most 18 characters.";
    NameTooLong = 302 Error "A name and an external name have at most 100 characters.";
    EmptyText = 303 Error "A name, an external name, a tag and a title are not empty.";
    DuplicateName = 304 Error "A display name is unique in the project.";
    DuplicateExternalName = 305 Error "An external name is unique in the project.";
    ShareOfVariant = 306 Error "The share of a variant is a whole percentage from 1 to 100.";
    SharesTooLarge = 307 Error "The shares of a split sum to at most 100 per cent.";
    TooManyVariants = 308 Error "A split has at most as many variants as `limits.variants` says, besides Control.";
    NoVariants = 309 Error "A split has at least one variant.";
    DuplicateVariant = 310 Error "Names and titles of variants are unique in their split.";
    ControlReserved = 311 Error "Control is the part of an audience that no variant takes; no variant is called so.";
    VariantWithoutSplit = 312 Error "A connection of a variant needs a split.";
    DuplicateConnection = 313 Error "An audience connects an output once for each variant.";
    SharesNothing = 314 Error "User attributes are shared only with outputs that support it.";
    ShareSeveralWorkspaces = 315 Error "An audience of several workspaces shares no user attributes.";
    TierKeepsOut = 316 Error "Only events of the tier `personalize` can be criteria.";
    NeverHolds = 317 Error "A criterion can never hold.";
    AlwaysHolds = 318 Warning "A criterion always holds.";
    BeyondRetention = 319 Warning "A criterion reaches past the retention.";
    MissingMatch = 320 Error "An audience says who is in it.";
    DuplicateField = 321 Error "A field stands at most once in a block.";
    FieldInDefaults = 322 Error "A field that belongs to one audience cannot be a default.";
    DuplicateDefaults = 323 Error "A file has at most one `defaults` block.";
    AudiencesTooDeep = 324 Error "Audiences nest at most as deep as `limits.nesting_depth` says.";
    DraftNested = 325 Error "An active audience does not nest a draft.";
    DraftConnected = 326 Warning "A draft is connected, and nothing is sent.";
    CriterionTooLarge = 327 Error "A criterion with everything that it uses stays within bounds.";
    ZeroLength = 328 Warning "A length of time is more than zero.";
    StandardShares = 340 Error "A standard audience shares no user attributes.";
    BulkUnsuitable = 341 Error "A bulk connection cannot include an audience with a split or a draft.";
    BulkWithoutTags = 342 Error "A bulk connection says by which tags it finds its audiences.";
    BulkMatchesNothing = 343 Warning "A bulk connection connects no audience.";
    BulkConflict = 344 Error "Two bulk connections give one audience the same output with different settings.";
    LimitNeverHolds = 345 Error "The limits of a guard can hold, each by itself and all together.";
    LimitAlwaysHolds = 346 Warning "A limit of a guard always holds.";
    LimitForm = 347 Error "A limit is a whole number of people or a percentage, never negative; a size is a number of people.";
    DuplicateGuard = 348 Error "An audience has one guard, and each limit stands in it once.";
    AssertionOfOne = 349 Error "An assertion is about two different audiences.";
    DraftAsserted = 350 Error "A draft has no members, so that nothing can be asserted of it.";
    DraftGuarded = 351 Warning "A draft has no members, so that its guard is asked of no plan.";
    EmptyGuard = 352 Error "A guard has at least one limit.";
    BulkVariant = 353 Error "A bulk connection connects whole audiences.";
    DuplicateAssertion = 354 Warning "An assertion stands twice.";
    AssertionsContradict = 355 Warning "Two assertions hold together only where an audience is empty.";
    // The project file.
    InvalidYaml = 401 Error "The project file is not YAML.";
    UnreadableProject = 402 Error "The project file is there, is text in UTF-8, and is not empty or boundless.";
    UnsupportedVersion = 403 Error "The project file has a version that this build reads.";
    UnknownKey = 404 Error "Every key of the project file is one that means something there.";
    MissingKey = 405 Error "A key that everything depends on is there and has a value.";
    WrongType = 406 Error "A value of the project file has the type that its key takes.";
    DuplicateKey = 407 Error "A key stands once in its map, and a name is given once.";
    NotAName = 408 Error "A name that definitions refer to consists of letters, digits and `_`.";
    InvalidValue = 409 Error "A value of the project file can be read as what its key takes.";
    UnknownReference = 410 Error "A reference within the project file names something that the file defines.";
    UnknownChoice = 411 Error "A value that is one of a few known words is one of them.";
    LiteralSecret = 412 Error "A secret is a reference to where it lies, never the value itself.";
    AbsentFromBuild = 413 Error "What the project file asks for is something that this build has.";
    ConflictingKeys = 414 Error "Keys that exclude each other do not stand together.";
    NameOfUnnamedKind = 415 Error "Only custom events have types, and only they and screens have names.";
    ProductOutsideCommerce = 416 Error "Only commerce events have an action and products.";
    GroupWithoutProduct = 417 Error "Rows that are one event bring its products.";
    OptOutWithoutAnswer = 418 Error "An opt-out says whether the user is out.";
    HalfAPoint = 419 Error "A point has a latitude and a longitude.";
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
