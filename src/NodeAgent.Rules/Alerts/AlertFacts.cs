// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Alerts;

/// <summary>What one rule has to say about one event; the rest of an alert is the same for every rule.</summary>
/// <param name="Message">One line for a human; may hold hostile text, since it leaves as JSON.</param>
/// <param name="Arguments">The event's own arguments.</param>
/// <param name="Identifiers">Null when the event names nothing but the process.</param>
public sealed record AlertFacts(string Message, AlertArguments Arguments, AlertIdentifiers? Identifiers)
{
    /// <summary>Shape: path of the file that it is about, as the process saw it; null = the executable of the process.</summary>
    public string? File { get; init; }

    /// <summary>The request to the API server that it is about; null = it is about something else.</summary>
    public AdmissionEvent? Admission { get; init; }
}
