// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Assembly;

namespace NodeAgent.Profiles.Checkpoints;

/// <summary>What came to checkpoints since version 3: parts that say what they are and how long.</summary>
/// <remarks>Shape: until the end, tag (u8), length (i32), content. One with a tag that is not known is skipped; tags are append-only.</remarks>
internal static class CheckpointSections
{
    private enum Tag : byte
    {
        /// <summary>Counts (i64 each): failed connects.</summary>
        Counts = 1,
    }

    public static void Write(BinaryWriter writer, CapturedProfile profile) =>
        Write(writer, Tag.Counts, profile, static (w, p) => w.Write(p.Behavior.FailedConnects));

    /// <remarks>Errors: those of the reader when a part is cut.</remarks>
    public static CapturedProfile Read(BinaryReader reader, CapturedProfile profile)
    {
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var tag = (Tag)reader.ReadByte();
            byte[] content = CheckpointPrimitives.ReadBytes(reader);
            using var part = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
            profile = tag switch
            {
                Tag.Counts => profile with { Behavior = profile.Behavior with { FailedConnects = part.ReadInt64() } },
                _ => profile,
            };
        }

        return profile;
    }

    private static void Write(BinaryWriter writer, Tag tag, CapturedProfile profile, Action<BinaryWriter, CapturedProfile> content)
    {
        using var stream = new MemoryStream();
        using var part = new BinaryWriter(stream, Encoding.UTF8);
        content(part, profile);
        part.Flush();
        writer.Write((byte)tag);
        CheckpointPrimitives.WriteBytes(writer, stream.ToArray());
    }
}
