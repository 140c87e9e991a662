//! Looking for a chain of exchanges in a network of brokers: the shortest augmenting path of a flow.

/// One unit passes from one broker to another, in one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) partition: usize,
}

/// Something that brokers hold units of, and can pass on within partitions.
pub(crate) trait Exchange {
    /// Marks every broker that could take over one unit from this one, until one that is wanted is found.
    fn expand(&mut self, from: usize, seen: &mut Seen);
    /// Passes one unit on.
    fn shift(&mut self, step: Step);
}

/// Who was reached so far, and how.
#[derive(Debug)]
pub(crate) struct Seen {
    reached: Vec<bool>,
    /// Nothing that these can reach is of use to anybody, now or later.
    closed: Vec<bool>,
    /// The step that reached each; meaningless for those that were not.
    by: Vec<Option<Step>>,
    wanted: Vec<bool>,
    found: Option<usize>,
    queue: Vec<usize>,
    /// Groups of brokers that one partition can pass to alike; those that were reached are dropped when met, and so are groups without any.
    pub(crate) unseen: Vec<Vec<usize>>,
    pub(crate) open: Vec<usize>,
    groups: Vec<Vec<usize>>,
}

impl Seen {
    pub(crate) fn new(brokers: usize, groups: Vec<Vec<usize>>) -> Seen {
        Seen {
            reached: vec![false; brokers],
            closed: vec![false; brokers],
            by: vec![None; brokers],
            wanted: vec![false; brokers],
            found: None,
            queue: Vec::with_capacity(brokers),
            unseen: groups.clone(),
            open: Vec::new(),
            groups,
        }
    }

    pub(crate) fn is_reached(&self, broker: usize) -> bool {
        self.reached[broker]
    }

    pub(crate) fn is_closed(&self, broker: usize) -> bool {
        self.closed[broker]
    }

    /// Whether one that is wanted was found.
    pub(crate) fn is_done(&self) -> bool {
        self.found.is_some()
    }

    /// Notes that the step's end can be reached by it.
    pub(crate) fn reach(&mut self, step: Step) {
        if !self.reached[step.to] {
            self.reached[step.to] = true;
            self.by[step.to] = Some(step);
            self.queue.push(step.to);
            if self.wanted[step.to] && self.found.is_none() {
                self.found = Some(step.to);
            }
        }
    }

    /// Forgets what a search for another purpose had found out.
    pub(crate) fn reopen(&mut self) {
        self.closed.fill(false);
    }

    fn begin(&mut self, sources: &[usize], wanted: &[usize]) {
        self.reached.clone_from(&self.closed);
        self.wanted.fill(false);
        wanted.iter().for_each(|broker| self.wanted[*broker] = true);
        self.found = None;
        self.queue.clear();
        self.unseen.clone_from(&self.groups);
        self.open.clear();
        self.open.extend((0..self.groups.len()).filter(|group| !self.groups[*group].is_empty()));
        for &source in sources {
            self.reached[source] = true;
            self.by[source] = None;
            self.queue.push(source);
        }
    }

    /// The steps that lead to a broker, last first.
    fn path(&self, goal: usize) -> Vec<Step> {
        std::iter::successors(self.by[goal], |step| self.by[step.from]).collect()
    }
}

/// Passes one unit from one of the sources to a `wanted` broker, over as few exchanges as can be; whether that was possible.
/// If it was not, all that was reached is closed: whatever is exchanged elsewhere opens no way out of it.
///
/// On a shortest path exchanges in the same partition never get into each other's way: if they did, there would be a shortcut.
pub(crate) fn pass_on(network: &mut impl Exchange, seen: &mut Seen, sources: &[usize], wanted: &[usize]) -> bool {
    seen.begin(sources, wanted);
    let mut next = 0;
    while let Some(&from) = seen.queue.get(next) {
        network.expand(from, seen);
        if let Some(goal) = seen.found {
            for step in seen.path(goal) {
                network.shift(step);
            }
            return true;
        }
        next += 1;
    }
    for &broker in &seen.queue {
        seen.closed[broker] = true;
    }
    false
}
