// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Recording.Format;

namespace NodeAgent.Recording;

/// <summary>The tables of the enrichment, with ears at what they ask of the machine.</summary>
internal static class RecordedTables
{
    public static void Add(IServiceCollection services, Recorder recorder)
    {
        services.AddSingleton(provider => new ProcessTable(
            provider.GetRequiredService<IOptions<ProcessTableOptions>>().Value, new Arguments(provider.GetRequiredService<IProcfs>(), recorder)));
        services.AddSingleton(provider => new ContainerTable(
            provider.GetRequiredService<IOptions<ContainerTableOptions>>().Value,
            new Tree(provider.GetRequiredService<ICgroupTree>(), recorder),
            new Lookup(provider.GetRequiredService<IContainerLookup>(), recorder),
            Environment.MachineName,
            provider.GetService<IPodLookup>() is { } pods ? new Pods(pods, recorder) : null));
    }

    private sealed class Arguments(IProcfs inner, Recorder recorder) : IProcfs
    {
        public byte[]? ReadArgv(ProcessKey key)
        {
            byte[]? arguments = inner.ReadArgv(key);
            recorder.Arguments(key, arguments);
            return arguments;
        }
    }

    private sealed class Tree(ICgroupTree inner, Recorder recorder) : ICgroupTree
    {
        public bool TryGetId(string path, out ulong cgroupId)
        {
            bool found = inner.TryGetId(path, out cgroupId);
            recorder.Path(EntryType.CgroupAt, found ? cgroupId : 0, path);
            return found;
        }

        public string? PathOf(uint pid) => inner.PathOf(pid);

        public IEnumerable<CgroupDirectory> Walk(int limit)
        {
            foreach (CgroupDirectory directory in inner.Walk(limit))
            {
                recorder.Path(EntryType.Cgroup, directory.CgroupId, directory.Path);
                yield return directory;
            }
        }
    }

    private sealed class Lookup(IContainerLookup inner, Recorder recorder) : IContainerLookup
    {
        public bool HasSources => inner.HasSources;

        public bool TryAskPath(CgroupMiss miss) => inner.TryAskPath(miss);

        public bool TryAskMetadata(ContainerInfo container) => inner.TryAskMetadata(container);

        public bool TryTake(out LookupAnswer answer)
        {
            if (!inner.TryTake(out answer))
            {
                return false;
            }

            if (answer.Path is { } path)
            {
                recorder.Path(EntryType.PathAnswer, answer.CgroupId, path);
            }
            else if (ReferenceEquals(answer.Container!.Identity, answer.Basis))
            {
                // An answer to a question of before is not taken.
                recorder.Identity(answer.Container, answer.Found!, answer.IsFinal);
            }

            return true;
        }
    }

    private sealed class Pods(IPodLookup inner, Recorder recorder) : IPodLookup
    {
        private readonly Dictionary<string, PodRecord> _told = new(StringComparer.Ordinal);

        public bool TryFind(string podUid, [NotNullWhen(true)] out PodRecord? pod)
        {
            bool found = inner.TryFind(podUid, out pod);
            if (!found && _told.Remove(podUid))
            {
                recorder.Pod(podUid, null, isNews: false);
            }
            else if (found && !ReferenceEquals(_told.GetValueOrDefault(podUid), pod))
            {
                _told[podUid] = pod!;
                recorder.Pod(podUid, pod, isNews: false);
            }

            return found;
        }

        public bool TryTakeChanged([NotNullWhen(true)] out PodRecord? pod)
        {
            bool taken = inner.TryTakeChanged(out pod);
            if (taken)
            {
                _told[pod!.Uid] = pod;
                recorder.Pod(pod.Uid, pod, isNews: true);
            }

            return taken;
        }
    }
}
