//! Stateright's side, twice: for the version of today and the one before it.

/// The adapters to one version.
macro_rules! adapters {
    ($name:ident, $stateright:ident) => {
        pub mod $name {
            use $stateright::{Checker, Model, Property};

            use crate::{Counted, toy};

            /// The toy.
            pub struct Toy<const MOMENTS: u64>;

            impl<const MOMENTS: u64> Model for Toy<MOMENTS> {
                type State = toy::State;
                type Action = (u8, toy::State);

                fn init_states(&self) -> Vec<Self::State> {
                    vec![toy::FIRST]
                }

                fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
                    toy::successors::<MOMENTS>(*state, |step, next| actions.push((step, next)));
                }

                fn next_state(&self, _: &Self::State, action: Self::Action) -> Option<Self::State> {
                    Some(action.1)
                }

                fn properties(&self) -> Vec<Property<Self>> {
                    vec![
                        Property::always("exclusive", |_, state| toy::is_exclusive(*state)),
                        Property::sometimes("over", |_, state| toy::is_over(*state)),
                        // Nobody finds it, so that nothing ends before all is visited.
                        Property::always("true", |_, _| true),
                    ]
                }
            }

            /// A model of the explorer, as one of stateright.
            pub struct Adapted<M>(pub M);

            impl<M> Model for Adapted<M>
            where
                M: rm_check::explore::Model<State: std::fmt::Debug, Scratch: 'static> + Send + 'static,
            {
                type State = M::State;
                type Action = Next<M::State>;

                fn init_states(&self) -> Vec<Self::State> {
                    self.0.initial()
                }

                fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
                    crate::with_scratch(&self.0, |scratch| {
                        self.0.successors(state, scratch, |_, next| actions.push(Next(next.clone())));
                    });
                }

                fn next_state(&self, _: &Self::State, action: Self::Action) -> Option<Self::State> {
                    Some(action.0)
                }

                fn properties(&self) -> Vec<Property<Self>> {
                    vec![Property::always("true", |_, _| true)]
                }
            }

            /// The state that a step leads to.
            #[derive(Clone, PartialEq, Debug)]
            pub struct Next<S>(S);

            /// Visits every state.
            pub fn explore<M>(model: M) -> Counted
            where
                M: Model + Send + Sync + 'static,
                M::State: Clone + std::fmt::Debug + std::hash::Hash + PartialEq + Send + Sync + 'static,
                M::Action: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static,
            {
                let checker = model.checker().threads(1).spawn_bfs().join();
                // The first state counts as generated.
                let steps = checker.state_count() as u64 - 1;
                Counted { states: checker.unique_state_count() as u64, steps }
            }
        }
    };
}

adapters!(today, stateright);
adapters!(before, stateright_0_30);
