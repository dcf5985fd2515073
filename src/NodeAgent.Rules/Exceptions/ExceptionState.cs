// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Exceptions;

/// <summary>What an exception did: counters that stay when the set is replaced. The loop's thread writes, metrics read.</summary>
internal sealed class ExceptionState(string name)
{
    public readonly string Name = name;

    /// <summary>Occurrences that were kept back.</summary>
    public long Suppressed;

    /// <summary>Of these, those that the log was told of.</summary>
    public long Told;

    /// <summary>Events at which its condition failed, so that it did not hold.</summary>
    public long Errors;

    /// <summary>Units: ns since 1970; the end that the log was told of, 0 = of none.</summary>
    public long ToldExpiryUnixNs;
}
