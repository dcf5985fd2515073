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
