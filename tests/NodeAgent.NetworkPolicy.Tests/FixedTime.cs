// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Tests;

internal sealed class FixedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
}
