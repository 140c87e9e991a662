//! From the validator's errors to form faults that say where.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use crate::error::FormFault;

/// Faults of one body.
pub(super) fn of<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<FormFault> {
    let mut faults = Vec::new();
    errors.for_each(|error| collect(&error, &mut faults));
    faults.dedup();
    faults
}

/// A union only says "not valid under any": its likeliest branch says more.
fn collect(error: &ValidationError<'_>, faults: &mut Vec<FormFault>) {
    let branches = match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => context,
        _ => return faults.push(fault(error)),
    };
    let at = error.instance_path().as_str().len();
    match branches.iter().min_by_key(|branch| misfit(branch, at)) {
        Some(branch) if !branch.is_empty() => branch.iter().for_each(|e| collect(e, faults)),
        _ => faults.push(fault(error)),
    }
}

/// How far a branch is from being the one that was meant: a wrong JSON type or `type` number at the union itself
/// means another branch; then the fewer errors the closer.
fn misfit(branch: &[ValidationError<'static>], union_at: usize) -> (usize, usize) {
    let elsewhere = branch.iter().filter(|e| {
        let below = e.instance_path().as_str().get(union_at..).unwrap_or_default();
        let discriminates = below == "/type" && matches!(e.kind(), Kind::Enum { .. } | Kind::Constant { .. });
        discriminates || below.is_empty() && matches!(e.kind(), Kind::Type { .. })
    });
    (elsewhere.count(), branch.len())
}

fn fault(error: &ValidationError<'_>) -> FormFault {
    let at = error.instance_path().as_str();
    let code = match error.kind() {
        Kind::MaxLength { .. } => "BASE_TYPE_MAX_LENGTH",
        Kind::MinLength { .. } => "BASE_TYPE_MIN_LENGTH",
        Kind::MaxItems { .. } | Kind::MinItems { .. } => "BASE_TYPE_BAD_LENGTH",
        Kind::Enum { .. } | Kind::Constant { .. } => "BASE_TYPE_CHOICES",
        Kind::Required { .. } => "BASE_TYPE_REQUIRED",
        Kind::UnevaluatedProperties { .. } | Kind::AdditionalProperties { .. } => "MODEL_UNKNOWN_KEY",
        Kind::Minimum { .. } => "NUMBER_TYPE_MIN",
        Kind::Maximum { .. } => "NUMBER_TYPE_MAX",
        _ => "BASE_TYPE_BAD_TYPE",
    };
    // The message repeats the offending value, which may be long.
    let message: String = error.to_string().chars().take(300).collect();
    FormFault::new(at, code, message)
}
