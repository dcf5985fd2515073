// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Drift;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Drift;

/// <summary>What is to be done with one profile's drift.</summary>
/// <param name="Captured">Its behaviour is the drift.</param>
/// <param name="Allowed">What the profile holds; null = the drift is given up.</param>
internal sealed record DriftWork(CapturedProfile Captured, CompletedProfile? Allowed);

/// <summary>Does in the background what must not hold up the event loop: keeps drifts on the disk, and makes objects of what the profiles do not hold.</summary>
/// <remarks>A drift that cannot be written is written with the next news of it: what is lost with a crash meanwhile happens again or did not matter.</remarks>
internal sealed class DriftWorker(ProfilesMetrics metrics, CheckpointStore store, string clusterName, string node, ILogger logger)
{
    private readonly LatestQueue<DriftWork> _work = new(work => work.Captured.Identity.Key);
    private readonly LatestQueue<DriftSnapshot> _snapshots = new(snapshot => snapshot.Key);

    public LatestQueue<DriftSnapshot> Snapshots => _snapshots;

    public void Enqueue(DriftWork work) => _work.Put(work);

    public void Complete() => _work.Complete();

    public async Task RunAsync()
    {
        await foreach (DriftWork work in _work.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Do(work);
            }
#pragma warning disable CA1031 // One drift that cannot be built must not end the background task and all the others with it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                metrics.AssemblyErrors++;
                Log.AssemblyFailed(logger, work.Captured.Identity.Key, e);
            }
        }

        _snapshots.Complete();
    }

    private void Do(DriftWork work)
    {
        ProfileIdentity identity = work.Captured.Identity;
        ProfileDrift? drift = work.Allowed is null ? null : ProfileDriftBuilder.Build(work.Captured, work.Allowed, clusterName, node);
        if (drift is null)
        {
            store.Remove(identity);
        }
        else
        {
            store.TryWrite(work.Captured);
        }

        _snapshots.Put(new DriftSnapshot(identity.Namespace, ProfileDrift.NameOf(identity.Name, node), drift));
    }
}
