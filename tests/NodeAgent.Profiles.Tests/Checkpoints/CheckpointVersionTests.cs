// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests.Checkpoints;

/// <summary>Files of agents before and after this one.</summary>
public sealed class CheckpointVersionTests
{
    private const int HeaderSize = 10;
    private const int HashSize = 32;

    [Fact]
    public void Read_FileWithoutSections_HoldsWhatItHeld()
    {
        CapturedProfile profile = Captured();
        CapturedProfile read = CheckpointFormat.Read(Rewritten(CheckpointFormat.Write(profile), 2, payload => payload[..^Sections(profile).Length]));
        Assert.Equal("/x"u8.ToArray(), read.Behavior.Opens.Single().Key);
        Assert.Equal(3, read.Behavior.FailedOpens);
        Assert.Equal(0, read.Behavior.FailedConnects);
    }

    [Fact]
    public void Read_FileOfTheFirstVersion_HoldsWhatItHeld()
    {
        CapturedProfile profile = Captured();
        ProfileIdentity identity = profile.Identity;

        // Three lists of calls, HTTP's level and list, the owner, the peers.
        int added = (3 * 4) + 8 + 1 + 1 + identity.WorkloadKind.Length + 1 + identity.WorkloadName.Length + 4 + Sections(profile).Length;
        CapturedProfile read = CheckpointFormat.Read(Rewritten(CheckpointFormat.Write(profile), 1, payload => payload[..^added]));
        Assert.Equal("/x"u8.ToArray(), read.Behavior.Opens.Single().Key);
        Assert.Equal(3, read.Behavior.FailedOpens);
        Assert.Equal(identity.Key, read.Identity.Key);
    }

    [Fact]
    public void Read_ExecsAndHeaders_AreWholeAgain()
    {
        var profile = new LearnedProfile(ProfileIdentity.Of(new ContainerInfo(1, "/a"), EventSource.Options()), new ProfileBounds());
        profile.Behavior.Execs.Add("/bin/a"u8, "a\0"u8, any: false, "LD_PRELOAD=/x.so\0PS4=$\0"u8);
        profile.Behavior.Execs.Add("/bin/a"u8, "a\0b\0"u8, any: false);
        profile.Behavior.Execs.Add("/bin/b"u8, default, any: true, "PS4\0"u8);
        HttpService service = profile.Behavior.Http.At(new HttpServiceKey(80, false, true));
        service.Add("/"u8, service.MaskOf(1u, "h"u8) | service.MaskOf(2, "close"u8) | service.MaskOf(3, "1"u8));
        BehaviorSnapshot read = CheckpointFormat.Read(CheckpointFormat.Write(profile.Capture(0))).Behavior;
        var again = new LearnedBehavior(new ProfileBounds());
        again.Unite(read);
        Assert.Equal(Laws.Behaviors.Text(profile.Behavior), Laws.Behaviors.Text(again));
        Assert.Contains(Laws.Behaviors.Spec(again).Execs!, exec => exec.Args is ["a"] && exec.Envs is ["LD_PRELOAD=/x.so", "PS4=⋯"]); // any for one is any for all
        Assert.Equal("{\"Connection\":[\"close\"],\"Host\":[\"h\"],\"Upgrade-Insecure-Requests\":[\"1\"]}", Laws.Behaviors.Spec(again).Endpoints!.Single().Headers?.GetRawText());
    }

    [Fact]
    public void Read_SectionOfALaterAgent_IsSkipped()
    {
        CapturedProfile read = CheckpointFormat.Read(Rewritten(CheckpointFormat.Write(Captured()), 3, payload => [.. payload, 250, 3, 0, 0, 0, 1, 2, 3]));
        Assert.Equal(7, read.Behavior.FailedConnects);
    }

    [Theory]
    [InlineData(250, 4, 0, 0, 0, 1)] // longer than what is left
    [InlineData(250, 255, 255, 255, 255)]
    [InlineData(1, 2, 0, 0, 0, 1, 1)] // counts that are cut
    [InlineData(1)]
    [InlineData(2, 4, 0, 0, 0, 1, 0, 0, 0)] // environments of more programs than there are
    [InlineData(3, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)] // headers of a service that is not there
    public void Read_SectionThatIsCut_IsRefused(params int[] tail) => Assert.Throws<InvalidDataException>(() =>
        CheckpointFormat.Read(Rewritten(CheckpointFormat.Write(Captured()), 3, payload => [.. payload, .. tail.Select(value => (byte)value)])));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Read_UnknownVersion_IsRefused(ushort version) =>
        Assert.Throws<InvalidDataException>(() => CheckpointFormat.Read(Rewritten(CheckpointFormat.Write(Captured()), version, payload => payload)));

    private static CapturedProfile Captured()
    {
        var profile = new LearnedProfile(ProfileIdentity.Of(new ContainerInfo(1, "/a"), EventSource.Options()), new ProfileBounds());
        profile.Behavior.Opens.Add("/x"u8, 1);
        profile.Behavior.FailedOpens = 3;
        profile.Behavior.FailedConnects = 7;
        return profile.Capture(0);
    }

    private static byte[] Sections(CapturedProfile profile)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        CheckpointSections.Write(writer, profile);
        writer.Flush();
        return stream.ToArray();
    }

    private static byte[] Rewritten(byte[] file, ushort version, Func<byte[], byte[]> change)
    {
        byte[] payload = change(file[HeaderSize..^HashSize]);
        byte[] all = [.. file[..HeaderSize], .. payload];
        BinaryPrimitives.WriteUInt16LittleEndian(all.AsSpan(4), version);
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(6), payload.Length);
        return [.. all, .. SHA256.HashData(all)];
    }
}
