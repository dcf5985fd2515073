// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Filtering;

/// <summary>Finds what budgets cut and no record told of. One thread.</summary>
internal sealed class BudgetCuts(ContainerPlaces places)
{
    private readonly ulong[] _before = new ulong[places.Sizes.ContainerEntries * (int)BudgetBucket.Limit];

    /// <summary>The rest of floods that are over; one that goes on is told by the kernel itself. For about once a second.</summary>
    internal IReadOnlyList<BudgetCut> Read()
    {
        List<BudgetCut>? cuts = null;
        for (int place = 0; place < places.All.Length; place++)
        {
            ref ContainerRecord container = ref places.All[place];
            for (int id = 0; id < (int)BudgetBucket.Limit; id++)
            {
                ref BucketRecord bucket = ref container.Buckets[id];
                ref ulong before = ref _before[(place * (int)BudgetBucket.Limit) + id];
                ulong cut = Volatile.Read(ref bucket.Cut);
                ulong told = Volatile.Read(ref bucket.Told);
                if (cut > told && cut == before)
                {
                    ulong cgroupId = place == places.Sizes.ContainerCount ? 0 : container.CgroupId;
                    (cuts ??= []).Add(new BudgetCut(cgroupId, ClassOf((BudgetBucket)id), cut - told, bucket.FromNs));
                    Interlocked.Add(ref bucket.Told, cut - told);
                }

                before = cut;
            }
        }

        return cuts ?? (IReadOnlyList<BudgetCut>)[];
    }

    internal static EventClass ClassOf(BudgetBucket bucket) => bucket switch
    {
        BudgetBucket.Exec or BudgetBucket.Process => EventClass.Process,
        BudgetBucket.File => EventClass.File,
        BudgetBucket.Network or BudgetBucket.Payload => EventClass.Network,
        BudgetBucket.Privilege => EventClass.Privilege,
        _ => EventClass.None,
    };
}

/// <summary>Events of one container that its budget cut.</summary>
/// <param name="CgroupId">Whose; 0 = one of those that share a budget because there are too many.</param>
/// <param name="FromNs">Units: boot ns of the first one.</param>
public readonly record struct BudgetCut(ulong CgroupId, EventClass Class, ulong Count, ulong FromNs);
