// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>How a receiver that does not take alerts is asked again.</summary>
public sealed record RetryOptions
{
    /// <summary>The first pause; each further one is twice as long.</summary>
    public TimeSpan Least { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest <c>Retry-After</c> that is followed.</summary>
    public TimeSpan MostAsked { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Failures in a row after which the receiver is only probed, with one alert at a time, until one arrives.</summary>
    public int FailuresToOpen { get; init; } = 3;

    /// <summary>The longest that one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
