// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>What a learner put out.</summary>
internal static class Published
{
    /// <summary>Stops the learner and takes all that it still had to say.</summary>
    public static async Task<List<ProfileSnapshot>> RestAsync(ProfileLearner learner)
    {
        await learner.StopAsync(TestContext.Current.CancellationToken);
        var all = new List<ProfileSnapshot>();
        while (learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            all.Add(snapshot);
        }

        return all;
    }

    public static async Task<ContainerProfile> OnlyAsync(ProfileLearner learner) => Assert.Single(await RestAsync(learner)).Profile!;

    public static async Task<ProfileSnapshot> NextAsync(ProfileLearner learner)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        return await learner.Snapshots.ReadAsync(limit.Token);
    }

    /// <summary>What a storage makes of the newest of each.</summary>
    public static (ApplicationProfile Application, NetworkNeighborhood Network) Workload(IReadOnlyList<ProfileSnapshot> snapshots) =>
        WorkloadBuilder.Build(snapshots[^1].Workload, [.. snapshots.GroupBy(snapshot => snapshot.Key).Select(group => group.Last().Profile!)]);

    public static string Status(this ContainerProfile profile) => profile.Metadata.Annotations![KubescapeAnnotations.Status];

    public static string Completion(this ContainerProfile profile) => profile.Metadata.Annotations![KubescapeAnnotations.Completion];

    public static string Reason(this ContainerProfile profile) =>
        profile.Metadata.Annotations!.GetValueOrDefault(KubescapeAnnotations.PartialReason) ?? string.Empty;
}
