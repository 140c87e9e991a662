use super::Boxed;
use crate::operation::Operation;
use interlock::plan::{Check, Mistake, Sealed};

/// Makes the plan of an operation anew, from the request as it was first made.
pub trait Planner: Send + Sync {
    /// The plan as it would be now, sealed as the next revision.
    fn plan_again<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Replanned>;
}

/// What re-planning gave.
#[derive(Debug, Clone)]
pub enum Replanned {
    /// A new revision that asks for votes anew.
    Plan(Box<Sealed>),
    /// It would be refused now.
    Refused(Vec<Check>),
    /// It makes no sense any more.
    Mistake(Mistake),
    /// Who asked for it may not any more: the key of a sentence.
    Denied(&'static str),
    /// It cannot be planned now (the cluster does not answer), so it waits: the key of a sentence.
    Later(&'static str),
}
