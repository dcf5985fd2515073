// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Merging;
using NodeAgent.Profiles.Tests.Merging;

namespace NodeAgent.Profiles.Tests.Deltas;

public sealed class ChunkTests
{
    [Fact]
    public void Chunks_OfALargeProfile_AreBelowTheLimitAndHoldEverything()
    {
        const int Limit = 16 << 10;
        var series = new DeltaSeries("node", TimeProvider.System);
        ContainerProfile profile = Profile([.. Enumerable.Range(0, 4000).Select(i => $"/bin/program-{i}")]);

        Delta delta = series.Next(profile, "workload", Limit)!;
        ContainerProfile[] chunks = [.. Enumerable.Range(0, delta.Parts).Select(delta.Chunk)];

        Assert.InRange(chunks.Length, 10, 40);
        Assert.All(chunks, chunk => Assert.InRange(Size(chunk), Limit / 3, Limit));
        Assert.Equal(4000, chunks.Sum(chunk => chunk.Spec!.Execs!.Count));
        Assert.Equal(chunks.Length, chunks.Select(chunk => chunk.Metadata.Name).Distinct().Count());
        Assert.All(chunks, chunk => Assert.Matches($"^{Node.Profile}-[0-9a-f]{{32}}$", chunk.Metadata.Name));
        Assert.Equal(Specs.Text(ProfileUnion.Of([profile.Spec!], MergeRules.Default)), Specs.Text(ProfileUnion.Of([.. chunks.Select(chunk => chunk.Spec!)], MergeRules.Default)));
    }

    [Fact]
    public void Next_AfterAnAcknowledgement_HoldsOnlyWhatIsNew()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        Delta first = series.Next(Profile(["/bin/a", "/bin/b"]), "workload", 1 << 20)!;
        series.Acknowledge(first);
        Assert.Null(series.Next(Profile(["/bin/b", "/bin/a"]), "workload", 1 << 20));

        Delta second = series.Next(Profile(["/bin/a", "/bin/b", "/bin/c"]), "workload", 1 << 20)!;

        Assert.Equal((1L, 2L), (second.Base, second.Sequence));
        Assert.Equal("/bin/c", Assert.Single(second.Chunk(0).Spec!.Execs!).Path);
    }

    [Fact]
    public void Next_OnlyWhatIsNoListChanged_IsTold()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        ContainerProfile profile = Profile(["/bin/a"]);
        series.Acknowledge(series.Next(profile, "workload", 1 << 20)!);

        Delta delta = series.Next(profile with { Spec = profile.Spec! with { SeccompProfile = new SingleSeccompProfile { Name = "s" } } }, "workload", 1 << 20)!;

        Assert.Equal(("s", 0), (delta.Chunk(0).Spec!.SeccompProfile!.Name, delta.Entries));
    }

    [Fact]
    public void Next_AfterAFailure_HoldsWhatTheFailedOneHeldUnderANewNumber()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        Assert.Equal(1, series.Next(Profile(["/bin/a"]), "workload", 1 << 20)!.Sequence);

        Delta again = series.Next(Profile(["/bin/a", "/bin/b"]), "workload", 1 << 20)!;

        Assert.Equal((0L, 2L, 2), (again.Base, again.Sequence, again.Entries));
    }

    [Fact]
    public void Next_EntryLargerThanTheLimit_IsAloneAndWhole()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        string huge = "/bin/" + new string('x', 20_000);

        Delta delta = series.Next(Profile(["/bin/a", huge, "/bin/z"]), "workload", 8192)!;

        Assert.Equal([1, 1, 1], Enumerable.Range(0, delta.Parts).Select(delta.EntriesOf));
        Assert.Equal(huge, delta.Chunk(1).Spec!.Execs![0].Path);
        series.Refuse(delta, 1);
        Delta without = series.Next(Profile(["/bin/a", huge, "/bin/z"]), "workload", 8192)!;
        Assert.Equal(2, without.Entries);
        Assert.Equal((ProfileCompletion.Partial, DeltaSeries.EntryRefused), (without.Chunk(0).Metadata.Annotations![KubescapeAnnotations.Completion], without.Chunk(0).Metadata.Annotations![KubescapeAnnotations.PartialReason]));
    }

    [Fact]
    public void Chunk_NameThatIsTooLong_IsCutAndNamesItsProfile()
    {
        string name = "replicaset-" + string.Join('.', Enumerable.Repeat(new string('a', 40), 6))[..230];
        ContainerProfile profile = Profile(["/bin/a"]);
        ContainerProfile chunk = new DeltaSeries("node", TimeProvider.System).Next(profile with { Metadata = profile.Metadata with { Name = name } }, "workload", 1 << 20)!.Chunk(0);

        Assert.True(Slug.IsValid(chunk.Metadata.Name!), chunk.Metadata.Name);
        Assert.True(ProfileChunk.TryRead(chunk, out ChunkHeader? header, out _));
        Assert.Equal(name, header.Profile);
    }

    [Theory]
    [InlineData(ChunkAnnotations.Sequence, "0", "metadata.annotations[node-agent.io/sequence]")]
    [InlineData(ChunkAnnotations.Sequence, "9999999999999999999999", "metadata.annotations[node-agent.io/sequence]")]
    [InlineData(ChunkAnnotations.Base, "1", "metadata.annotations[node-agent.io/base]")]
    [InlineData(ChunkAnnotations.Base, null, "metadata.annotations[node-agent.io/base]")]
    [InlineData(ChunkAnnotations.Part, "3/2", "metadata.annotations[node-agent.io/part]")]
    [InlineData(ChunkAnnotations.Part, "1/99999999", "metadata.annotations[node-agent.io/part]")]
    [InlineData(ChunkAnnotations.Node, null, "metadata.annotations[node-agent.io/node]")]
    [InlineData(ChunkAnnotations.Node, "series x", "metadata.annotations[node-agent.io/node]")]
    [InlineData(ChunkAnnotations.SeriesStart, "yesterday", "metadata.annotations[node-agent.io/series-start]")]
    [InlineData(ChunkAnnotations.Profile, "another", "metadata.annotations[node-agent.io/profile]")]
    [InlineData(KubescapeAnnotations.ReportSeriesId, "", "metadata.annotations[kubescape.io/report-series-id]")]
    [InlineData(KubescapeAnnotations.ReportSeriesId, "a\nb", "metadata.annotations[kubescape.io/report-series-id]")]
    [InlineData(KubescapeAnnotations.InstanceId, "nobody", "metadata.annotations[kubescape.io/instance-id]")]
    [InlineData(KubescapeAnnotations.PartialReason, "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "metadata.annotations[node-agent.io/partial-reason]")]
    public void TryRead_NonsenseOfOurs_NamesTheField(string key, string? value, string field) => Refused(key, value, field, keepOurs: true);

    [Theory]
    [InlineData(KubescapeAnnotations.ReportTimestamp, "soon")]
    [InlineData(KubescapeAnnotations.ReportTimestamp, "1970-01-01 00:00:00 +0000 UTC")]
    [InlineData(KubescapeAnnotations.ReportTimestamp, "9999-01-01 00:00:00 +0000 UTC")]
    [InlineData(KubescapeAnnotations.ReportTimestamp, "0001-01-01 00:00:00 +0000 UTC")]
    [InlineData(KubescapeAnnotations.ReportTimestamp, null)]
    [InlineData(KubescapeAnnotations.PreviousReportTimestamp, "2026-11-21 00:00:00.1234567890 +0000 UTC")]
    public void TryRead_NonsenseOfOthers_NamesTheField(string key, string? value) => Refused(key, value, $"metadata.annotations[{key}]", keepOurs: false);

    [Theory]
    [InlineData("web")]
    [InlineData("web-0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("-0123456789abcdef0123456789abcdef")]
    [InlineData("")]
    public void TryRead_NameThatIsNoChunks_IsSaid(string name)
    {
        ContainerProfile chunk = Chunk();
        Assert.False(ProfileChunk.TryRead(chunk with { Metadata = chunk.Metadata with { Name = name } }, out _, out ChunkProblem? problem));
        Assert.Equal("metadata.name", problem.Field);
    }

    [Theory]
    [InlineData("2026-08-22 10:11:12.123456789 +0000 UTC", 1787393472123456789)]
    [InlineData("2026-08-22 12:11:12.5 +0200 CEST m=+3600.000000001", 1787393472500000000)]
    [InlineData("0001-01-01 00:00:00 +0000 UTC", 0)]
    public void GoTime_AsGoWritesIt_IsRead(string text, long nanoseconds)
    {
        Assert.True(GoTime.TryParse(text, out long read));
        Assert.Equal(nanoseconds, read);
    }

    private static void Refused(string key, string? value, string field, bool keepOurs)
    {
        ContainerProfile chunk = Chunk();
        Dictionary<string, string> annotations = chunk.Metadata.Annotations!.Where(pair => pair.Key != key && (keepOurs || !pair.Key.StartsWith("node-agent.io/", StringComparison.Ordinal))).ToDictionary();
        if (value is not null)
        {
            annotations[key] = value;
        }

        Assert.False(ProfileChunk.TryRead(chunk with { Metadata = chunk.Metadata with { Annotations = annotations } }, out _, out ChunkProblem? problem));
        Assert.Equal(field, problem.Field);
        Assert.NotEmpty(problem.Rule);
    }

    private static ContainerProfile Chunk() => new DeltaSeries("node", TimeProvider.System).Next(Profile(["/bin/a"]), "workload", 1 << 20)!.Chunk(0);

    private static ContainerProfile Profile(string[] programs)
    {
        ContainerProfile profile = new Node("node", new Random(1), new ManualClock()).Newest();
        return profile with { Spec = new ContainerProfileSpec { Execs = [.. programs.Select(path => new ExecCalls { Path = path, Args = [path] })] } };
    }

    private static int Size(ContainerProfile chunk) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(chunk, ApiJsonContext.Readable.ContainerProfile).Length;
}
