// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Alerts;

/// <summary>Something that the process of an alert did before it.</summary>
/// <param name="Timestamp">Shape: RFC 3339 with nine fractional digits, UTC.</param>
/// <param name="Event">Shape: a rule's event type, such as <c>open</c>.</param>
/// <param name="Detail">The path, command line, peer or name, cut to about a hundred characters.</param>
/// <param name="Peer">Who had the address then; null = it has none, or nothing is known of it.</param>
public sealed record AlertEvent(string Timestamp, string Event, string Detail, AlertPeer? Peer = null);
