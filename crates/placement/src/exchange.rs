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
    /// Marks every broker that could take over one unit from this one.
    fn expand(&self, from: usize, seen: &mut Seen);
    /// Passes one unit on.
    fn shift(&mut self, step: Step);
}

/// Who was reached so far, and how.
#[derive(Debug)]
pub(crate) struct Seen {
    reached: Vec<bool>,
    /// Nothing that these can reach is of use to anybody, now or later.
    closed: Vec<bool>,
    by: Vec<Option<Step>>,
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

    /// Notes that the step's end can be reached by it.
    pub(crate) fn reach(&mut self, step: Step) {
        if !self.reached[step.to] {
            self.reached[step.to] = true;
            self.by[step.to] = Some(step);
            self.queue.push(step.to);
        }
    }

    /// Forgets what a search for another purpose had found out.
    pub(crate) fn reopen(&mut self) {
        self.closed.fill(false);
    }

    fn begin(&mut self, sources: &[usize]) {
        self.reached.clone_from(&self.closed);
        self.by.fill(None);
        self.queue.clear();
        self.unseen.clone_from(&self.groups);
        self.open.clear();
        self.open.extend((0..self.groups.len()).filter(|group| !self.groups[*group].is_empty()));
        for &source in sources {
            self.reached[source] = true;
            self.queue.push(source);
        }
    }

    /// The steps that lead to a broker, last first.
    fn path(&self, goal: usize) -> Vec<Step> {
        std::iter::successors(self.by[goal], |step| self.by[step.from]).collect()
    }
}

/// Passes one unit from one of the sources to a broker that `wants` it, over as few exchanges as can be; the end, if there is one.
/// If there is none, all that was reached is closed: whatever is exchanged elsewhere opens no way out of it.
///
/// On a shortest path exchanges in the same partition never get into each other's way: if they did, there would be a shortcut.
pub(crate) fn pass_on(
    network: &mut impl Exchange,
    seen: &mut Seen,
    sources: &[usize],
    wants: impl Fn(usize) -> bool,
) -> Option<(usize, usize)> {
    seen.begin(sources);
    let mut next = 0;
    while let Some(&from) = seen.queue.get(next) {
        let first = seen.queue.len();
        network.expand(from, seen);
        if let Some(&goal) = seen.queue[first..].iter().find(|broker| wants(**broker)) {
            let path = seen.path(goal);
            let source = path.last().map_or(goal, |step| step.from);
            for step in path {
                network.shift(step);
            }
            return Some((source, goal));
        }
        next += 1;
    }
    for &broker in &seen.queue {
        seen.closed[broker] = true;
    }
    None
}
