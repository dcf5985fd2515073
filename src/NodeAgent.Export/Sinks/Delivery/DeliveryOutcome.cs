// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>What a receiver said to one attempt.</summary>
internal enum DeliveryOutcome
{
    Delivered,

    /// <summary>Not now: the receiver is away, overloaded, or does not know us at the moment.</summary>
    Retry,

    /// <summary>This content, never; each alert of it is tried alone before it is given up.</summary>
    Refused,
}

/// <summary>The outcome of one attempt.</summary>
/// <param name="Reason">One line for the log; without secrets.</param>
/// <param name="RetryAfter">What the receiver asks for.</param>
/// <param name="Items">The outcome of each alert where they differ.</param>
internal readonly record struct DeliveryResult(
    DeliveryOutcome Outcome, string Reason = "", TimeSpan? RetryAfter = null, IReadOnlyList<DeliveryOutcome>? Items = null)
{
    public static DeliveryResult Delivered { get; } = new(DeliveryOutcome.Delivered);
}
