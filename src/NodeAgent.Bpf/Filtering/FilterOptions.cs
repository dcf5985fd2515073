// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Filtering;

/// <summary>What the kernel keeps from the rings: things told before, and what is over a container's budget. All off by default.</summary>
public sealed class FilterOptions
{
    /// <summary>The kinds of which a container's second, equal event is counted instead of sent.</summary>
    public IList<EventKind> FilteredKinds { get; } = [];

    /// <summary>After this time a thing that still happens is told again, with its count; zero = never.</summary>
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Containers with sets and budgets of their own, a power of two; 0 = by memory.</summary>
    public int ContainerCount { get; set; }

    /// <summary>Things that are remembered for each container; rounded up to 7 times a power of two.</summary>
    public int EntriesPerContainer { get; set; } = 3584;

    /// <summary>Files of which each opening for writing can be told, whatever the filter knows; 0 = of none.</summary>
    public int WatchedFiles { get; set; }

    /// <summary>By bucket; what is not there is unlimited.</summary>
    public IDictionary<BudgetBucket, Budget> Budgets { get; } = new Dictionary<BudgetBucket, Budget>();

    /// <summary>The kinds that can be filtered.</summary>
    /// <remarks>
    /// Not the end of connections, whose byte counts are only whole when each is told; of connects only those that succeed;
    /// not Dns, whose answers name addresses; not exec, fork and exit, which the process table lives on.
    /// </remarks>
    public static IReadOnlyList<EventKind> FilterableKinds { get; } = [EventKind.Open, EventKind.Flow, EventKind.TcpConnect, EventKind.TcpAccept];

    /// <returns>One line for each wrong value, naming its key; empty when all is well.</returns>
    public IEnumerable<string> Validate()
    {
        if (ContainerCount != 0 && (ContainerCount is < 8 or > FilterSizes.MostContainers || !int.IsPow2(ContainerCount)))
        {
            yield return $"Bpf:Filter:ContainerCount: {ContainerCount} is not 0 or a power of two from 8 to {FilterSizes.MostContainers}";
        }

        if (EntriesPerContainer is < 7 or > FilterSizes.MostEntries)
        {
            yield return $"Bpf:Filter:EntriesPerContainer: {EntriesPerContainer} is not between 7 and {FilterSizes.MostEntries}";
        }

        if (WatchedFiles is < 0 or > FilterSizes.MostEntries)
        {
            yield return $"Bpf:Filter:WatchedFiles: {WatchedFiles} is not between 0 and {FilterSizes.MostEntries}";
        }

        if (RepeatAfter < TimeSpan.Zero || RepeatAfter > TimeSpan.FromDays(3650))
        {
            yield return $"Bpf:Filter:RepeatAfter: {RepeatAfter} is not between zero and ten years";
        }

        foreach (EventKind kind in FilteredKinds.Except(FilterableKinds))
        {
            yield return $"Bpf:Filter:FilteredKinds: {kind} cannot be filtered; these can: {string.Join(", ", FilterableKinds)}";
        }

        foreach ((BudgetBucket bucket, Budget budget) in Budgets)
        {
            if (budget.Rate is < 0 or > Budget.Most || budget.Burst is < 0 or > Budget.Most || (budget.Rate > 0 && budget.Burst < Budget.LeastBurst))
            {
                yield return $"Bpf:Filter:Budgets:{bucket}: {budget.Rate}/{budget.Burst} is not RATE/BURST, each at most {Budget.Most}, the burst at least {Budget.LeastBurst}";
            }
        }
    }
}

/// <summary>A token bucket. Units: records of less than 256 bytes; a longer one counts once more for each 256 bytes.</summary>
/// <param name="Rate">Per second; 0 = unlimited.</param>
/// <param name="Burst">At once.</param>
public readonly record struct Budget(int Rate, int Burst)
{
    internal const int Most = 1 << 24;
    internal const int UnitBytes = 256;

    /// <summary>The longest record of all, an exec, must fit.</summary>
    internal const int LeastBurst = 64;
}
