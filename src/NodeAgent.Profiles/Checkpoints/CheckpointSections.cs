// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Checkpoints;

/// <summary>What came to checkpoints since version 3: parts that say what they are and how long.</summary>
/// <remarks>Shape: until the end, tag (u8), length (i32), content. One with a tag that is not known is skipped; tags are append-only.</remarks>
internal static class CheckpointSections
{
    private enum Tag : byte
    {
        /// <summary>Counts (i64 each): failed connects.</summary>
        Counts = 1,

        /// <summary>Of each program, in their order: of each argument list, or once, the variables.</summary>
        Environments = 2,

        /// <summary>Of each HTTP service, in their order: of each header its values, then the high half (u32) of each path's mask.</summary>
        HttpHeaders = 3,

        /// <summary>Units: ms since 1970. When it was taken (i64), then when something was missed, of the result and of the learning that goes on.</summary>
        Times = 4,

        /// <summary>Of each rule its id, whether any process may (bool), and the names of those that may.</summary>
        Policies = 5,
    }

    public static void Write(BinaryWriter writer, CapturedProfile profile)
    {
        Write(writer, Tag.Counts, profile, static (w, p) => w.Write(p.Behavior.FailedConnects));
        Write(writer, Tag.Environments, profile, static (w, p) => CheckpointPrimitives.WriteList(w, p.Behavior.Execs, WriteEnvironments));
        Write(writer, Tag.HttpHeaders, profile, static (w, p) => CheckpointPrimitives.WriteList(w, p.Behavior.Http, WriteHeaders));
        Write(writer, Tag.Times, profile, static (w, p) =>
        {
            w.Write(p.CapturedAtMs);
            Write(w, p.Missed);
            Write(w, p.WindowMissed);
        });
        Write(writer, Tag.Policies, profile, static (w, p) => CheckpointPrimitives.WriteList(w, p.Behavior.Policies, static (v, policy) =>
        {
            v.Write(policy.Rule);
            v.Write(policy.Processes is null);
            CheckpointPrimitives.WriteList(v, policy.Processes ?? [], CheckpointPrimitives.WriteBytes);
        }));
    }

    /// <remarks>Errors: those of the reader when a part is cut, and <see cref="InvalidDataException"/> when it does not fit to the rest.</remarks>
    public static CapturedProfile Read(BinaryReader reader, CapturedProfile profile)
    {
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var tag = (Tag)reader.ReadByte();
            byte[] content = CheckpointPrimitives.ReadBytes(reader);
            using var part = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
            profile = tag == Tag.Times
                ? profile with { CapturedAtMs = part.ReadInt64(), Missed = ReadInterval(part), WindowMissed = ReadInterval(part) }
                : profile with { Behavior = Read(part, tag, profile.Behavior) };
        }

        return profile;
    }

    private static BehaviorSnapshot Read(BinaryReader part, Tag tag, BehaviorSnapshot behavior) => tag switch
    {
        Tag.Counts => behavior with { FailedConnects = part.ReadInt64() },
        Tag.Environments => behavior with { Execs = ReadEnvironments(part, behavior.Execs) },
        Tag.HttpHeaders => behavior with { Http = ReadHeaders(part, behavior.Http) },
        Tag.Policies => behavior with { Policies = CheckpointPrimitives.ReadList(part, ReadPolicy) },
        _ => behavior,
    };

    private static LearnedPolicy ReadPolicy(BinaryReader part)
    {
        string rule = part.ReadString();
        bool any = part.ReadBoolean();
        byte[][] processes = CheckpointPrimitives.ReadList(part, CheckpointPrimitives.ReadBytes);
        return new LearnedPolicy(rule, any ? null : processes);
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

    private static void Write(BinaryWriter writer, WallInterval? interval)
    {
        writer.Write(interval is not null);
        writer.Write(interval?.FromMs ?? 0);
        writer.Write(interval?.ToMs ?? 0);
    }

    private static WallInterval? ReadInterval(BinaryReader part)
    {
        bool known = part.ReadBoolean();
        var interval = new WallInterval(part.ReadInt64(), part.ReadInt64());
        return known ? interval : null;
    }

    private static void WriteEnvironments(BinaryWriter writer, LearnedExec exec) => CheckpointPrimitives.WriteList(
        writer,
        (EnvironmentSet[])[.. Enumerable.Range(0, exec.Argvs?.Length ?? 1).Select(exec.EnvironmentOf)],
        static (w, environment) => CheckpointPrimitives.WriteList(w, environment.Variables, CheckpointPrimitives.WriteBytes));

    private static LearnedExec[] ReadEnvironments(BinaryReader part, IReadOnlyList<LearnedExec> execs)
    {
        EnvironmentSet?[][] environments = CheckpointPrimitives.ReadList(part, static r => CheckpointPrimitives.ReadList(r, static EnvironmentSet? (v) =>
            CheckpointPrimitives.ReadList(v, CheckpointPrimitives.ReadBytes) is { Length: > 0 } variables ? new EnvironmentSet(variables) : null));
        Require(environments.Length == execs.Count, "environments");
        return [.. execs.Zip(environments, static (exec, of) => exec with { Environments = of })];
    }

    private static void WriteHeaders(BinaryWriter writer, HttpServiceSnapshot service)
    {
        CheckpointPrimitives.WriteList(writer, service.Headers, static (w, header) =>
        {
            w.Write(header.HasAny);
            CheckpointPrimitives.WriteList(w, header.Texts, CheckpointPrimitives.WriteBytes);
        });
        CheckpointPrimitives.WriteList(writer, service.Paths, static (w, path) => w.Write((uint)(path.Value >> 32)));
    }

    private static HttpServiceSnapshot[] ReadHeaders(BinaryReader part, HttpServiceSnapshot[] services)
    {
        (BitTexts[] Headers, uint[] Masks)[] all = CheckpointPrimitives.ReadList(part, static r =>
        {
            BitTexts[] headers = CheckpointPrimitives.ReadList(r, static h =>
            {
                bool any = h.ReadBoolean();
                return new BitTexts(CheckpointPrimitives.ReadList(h, CheckpointPrimitives.ReadBytes), any);
            });
            return (headers, CheckpointPrimitives.ReadList(r, static m => m.ReadUInt32()));
        });
        Require(all.Length == services.Length && all.Zip(services).All(pair => pair.First.Masks.Length == pair.Second.Paths.Count), "headers");
        return
        [
            .. services.Zip(all, static (service, of) => service with
            {
                Headers = of.Headers,
                Paths = [.. service.Paths.Zip(of.Masks, static (path, high) => KeyValuePair.Create(path.Key, (uint)path.Value | ((ulong)high << 32)))],
            }),
        ];
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException($"its {what} do not fit");
        }
    }
}
