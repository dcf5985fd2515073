// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules;

/// <summary>A rule of any kind; one that judges implements <see cref="IRule{TEvent}"/> for each kind of event it watches.</summary>
public interface IRule
{
    RuleDescriptor Descriptor { get; }
}

/// <summary>A rule over one kind of event. Called on the event loop's thread only; the event is valid during the call.</summary>
/// <typeparam name="TEvent">An event view of NodeAgent.Events.</typeparam>
public interface IRule<TEvent> : IRule
    where TEvent : struct, allows ref struct
{
    /// <summary>The cheap question, asked for every event: could this be one? Looks at the event only and allocates nothing.</summary>
    bool Matches(in TEvent source, RuleContext context);

    /// <summary>Asked of what matched, when the container has a completed profile that the rule depends on.</summary>
    /// <returns>True when the profile holds it, so there is nothing to tell.</returns>
    bool IsExpected(in TEvent source, ProfileView profile);

    /// <summary>Appends what makes two alerts of this rule in one container the same.</summary>
    void WriteUniqueId(in TEvent source, RuleContext context, UniqueIdHasher uniqueId);

    /// <summary>Called only when an alert leaves: what to say about it.</summary>
    AlertFacts Describe(in TEvent source, RuleContext context);
}
