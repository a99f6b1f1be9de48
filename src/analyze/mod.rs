//! AST + project + catalog to IR and diagnostics; one file a rule.
