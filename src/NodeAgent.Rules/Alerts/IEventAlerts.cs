// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Alerts;

/// <summary>Alerts by whoever judges events otherwise than by rules, with all that those of rules tell: who, where, process tree, what happened before.</summary>
public interface IEventAlerts
{
    /// <summary>On the event loop's thread.</summary>
    /// <param name="header">Of the event; its pid 0 = nobody was seen.</param>
    /// <param name="about">What makes it the same as another.</param>
    RuntimeAlerts Build(RuleDescriptor descriptor, AlertFacts facts, in HeaderRecord header, EventSubject subject, string about);

    /// <summary>An alert that did not leave yet, with what is known now of whose it is. Any thread.</summary>
    RuntimeAlerts Complete(RuntimeAlerts alert, ContainerInfo container);
}
