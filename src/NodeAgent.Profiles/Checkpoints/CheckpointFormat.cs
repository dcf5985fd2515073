// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Api.Names;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Checkpoints;

/// <summary>One learned profile as a file.</summary>
/// <remarks>
/// Shape: "NAPF", version (u16), payload length (i32), payload, SHA-256 of all before. Little-endian; lists have a count. Since version 3 the
/// payload ends with <see cref="CheckpointSections"/>, so that what is added leaves files readable both ways.
/// </remarks>
internal static class CheckpointFormat
{
    /// <summary>Units: bytes; a file that claims more is corrupt, the bounds of a profile lie far below.</summary>
    public const int MaxFileSize = 64 << 20;

    private const ushort Version = 3;
    private const ushort WithoutSections = 2;
    private const ushort FirstVersion = 1; // no system calls, capabilities, HTTP, owner and pods at the end
    private const int HeaderSize = 10;
    private const int HashSize = 32;

    private static ReadOnlySpan<byte> Magic => "NAPF"u8;

    public static byte[] Write(CapturedProfile profile)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(0);
        WritePayload(writer, profile);
        writer.Flush();
        stream.Position = HeaderSize - sizeof(int);
        writer.Write((int)stream.Length - HeaderSize);
        writer.Flush();
        byte[] bytes = stream.ToArray();
        return [.. bytes, .. SHA256.HashData(bytes)];
    }

    /// <exception cref="InvalidDataException">The bytes are no checkpoint; the message says what is wrong.</exception>
    public static CapturedProfile Read(byte[] bytes)
    {
        if (bytes.Length < HeaderSize + HashSize || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("it is no checkpoint, or cut");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, bytes.Length - HashSize), Encoding.UTF8);
        reader.BaseStream.Position = Magic.Length;
        ushort version = reader.ReadUInt16();
        if (version is < FirstVersion or > Version)
        {
            throw new InvalidDataException($"version {version} is not known");
        }

        if (reader.ReadInt32() != bytes.Length - HeaderSize - HashSize)
        {
            throw new InvalidDataException("its length is not what it says");
        }

        if (!SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashSize)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - HashSize)))
        {
            throw new InvalidDataException("its checksum does not match");
        }

        try
        {
            CapturedProfile profile = ReadPayload(reader);
            profile = version == FirstVersion ? profile : ReadRest(reader, profile);
            return version <= WithoutSections ? profile : CheckpointSections.Read(reader, profile);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException or IOException)
        {
            throw new InvalidDataException("its payload is cut", e);
        }
    }

    private static void WritePayload(BinaryWriter writer, CapturedProfile profile)
    {
        ProfileIdentity identity = profile.Identity;
        writer.Write(identity.Instance.ApiVersion);
        writer.Write(identity.Instance.Namespace);
        writer.Write(identity.Instance.Kind);
        writer.Write(identity.Instance.Name);
        writer.Write(identity.Instance.ContainerName);
        writer.Write((byte)identity.Instance.ContainerType);
        writer.Write(identity.Image);
        writer.Write(identity.ImageDigest);
        writer.Write(identity.TemplateHash);
        CheckpointPrimitives.WriteList(writer, [.. identity.MatchLabels], static (w, label) =>
        {
            w.Write(label.Key);
            w.Write(label.Value);
        });
        writer.Write(profile.Status);
        writer.Write(profile.Learning);
        writer.Write(profile.LearnedNs);
        writer.Write((int)profile.Reasons);
        writer.Write((int)profile.WindowReasons);
        WriteBehavior(writer, profile.Behavior);
        writer.Write(identity.Instance.AlternateName ?? string.Empty);
        writer.Write(identity.WorkloadKind);
        writer.Write(identity.WorkloadName);
        CheckpointPrimitives.WriteList(writer, profile.Behavior.Peers, static (w, peer) =>
        {
            w.Write(peer.Pods.Namespace);
            CheckpointPrimitives.WriteList(w, [.. peer.Pods.Labels], static (v, label) =>
            {
                v.Write(label.Key);
                v.Write(label.Value);
            });
            w.Write(peer.Port);
            w.Write((byte)peer.Protocol);
            w.Write(peer.Egress);
        });
        CheckpointSections.Write(writer, profile);
    }

    private static LearnedPeer ReadPeer(BinaryReader reader)
    {
        string ns = reader.ReadString();
        KeyValuePair<string, string>[] labels = CheckpointPrimitives.ReadList(reader, static r => KeyValuePair.Create(r.ReadString(), r.ReadString()));
        return new LearnedPeer(new PeerSelector(ns, labels), reader.ReadUInt16(), (TransportProtocol)reader.ReadByte(), reader.ReadBoolean());
    }

    private static CapturedProfile ReadRest(BinaryReader reader, CapturedProfile profile)
    {
        BehaviorSnapshot behavior = ReadHttp(reader, ReadCalls(reader, profile.Behavior));
        ProfileIdentity identity = ReadOwner(reader, profile.Identity);
        return profile with { Identity = identity, Behavior = behavior with { Peers = CheckpointPrimitives.ReadList(reader, ReadPeer) } };
    }

    private static ProfileIdentity ReadOwner(BinaryReader reader, ProfileIdentity identity)
    {
        string alternate = reader.ReadString();
        ProfileIdentity named = alternate.Length == 0 ? identity : ProfileIdentity.From(identity.Instance with { AlternateName = alternate });
        return identity with
        {
            Instance = named.Instance,
            Name = named.Name,
            WorkloadSlug = named.WorkloadSlug,
            WorkloadKind = reader.ReadString(),
            WorkloadName = reader.ReadString(),
        };
    }

    private static void WriteBehavior(BinaryWriter writer, BehaviorSnapshot behavior)
    {
        writer.Write(behavior.ExecLevel);
        CheckpointPrimitives.WriteList(writer, behavior.Execs, static (w, exec) =>
        {
            CheckpointPrimitives.WriteBytes(w, exec.Exe);
            w.Write(exec.Argvs is null);
            CheckpointPrimitives.WriteList(w, exec.Argvs ?? [], CheckpointPrimitives.WriteBytes);
        });
        writer.Write(behavior.OpenLevel);
        CheckpointPrimitives.WriteList(writer, behavior.Opens, static (w, open) =>
        {
            CheckpointPrimitives.WriteBytes(w, open.Key);
            w.Write(open.Value);
        });
        writer.Write(behavior.EndpointLevel);
        CheckpointPrimitives.WriteList(writer, behavior.Endpoints, static (w, peer) =>
        {
            w.Write((ulong)(peer.Key.Address.Value >> 64));
            w.Write((ulong)peer.Key.Address.Value);
            w.Write(peer.Key.Address.IsV6);
            w.Write(peer.Key.PrefixLength);
            w.Write(peer.Key.Port);
            w.Write((byte)peer.Key.Protocol);
            w.Write(peer.Key.Egress);
            w.Write(peer.Value ?? string.Empty);
        });
        CheckpointPrimitives.WriteList(writer, behavior.Names, CheckpointPrimitives.WriteBytes);
        writer.Write(behavior.FailedOpens);
        writer.Write(behavior.Overflow);
        CheckpointPrimitives.WriteList(writer, behavior.Syscalls, static (w, word) => w.Write(word));
        CheckpointPrimitives.WriteList(writer, behavior.CompatSyscalls, static (w, word) => w.Write(word));
        CheckpointPrimitives.WriteList(writer, behavior.Capabilities, static (w, word) => w.Write(word));
        writer.Write(behavior.HttpLevel);
        CheckpointPrimitives.WriteList(writer, behavior.Http, WriteService);
    }

    private static void WriteService(BinaryWriter writer, HttpServiceSnapshot service)
    {
        writer.Write(service.Key.Port);
        writer.Write(service.Key.Outbound);
        writer.Write(service.Key.Internal);
        writer.Write(service.PathLevel);
        writer.Write(service.Hosts.HasAny);
        CheckpointPrimitives.WriteList(writer, service.Hosts.Texts, CheckpointPrimitives.WriteBytes);
        CheckpointPrimitives.WriteList(writer, service.Paths, static (w, path) =>
        {
            CheckpointPrimitives.WriteBytes(w, path.Key);
            w.Write((uint)path.Value); // the rest is a section
        });
    }

    private static BehaviorSnapshot ReadHttp(BinaryReader reader, BehaviorSnapshot behavior) =>
        behavior with { HttpLevel = reader.ReadInt32(), Http = CheckpointPrimitives.ReadList(reader, ReadService) };

    private static HttpServiceSnapshot ReadService(BinaryReader reader)
    {
        var key = new HttpServiceKey(reader.ReadUInt16(), reader.ReadBoolean(), reader.ReadBoolean());
        int level = reader.ReadInt32();
        bool any = reader.ReadBoolean();
        byte[][] hosts = CheckpointPrimitives.ReadList(reader, CheckpointPrimitives.ReadBytes);
        return new HttpServiceSnapshot(key, CheckpointPrimitives.ReadList(reader, static r => KeyValuePair.Create(CheckpointPrimitives.ReadBytes(r), (ulong)r.ReadUInt32())), level, new BitTexts(hosts, any));
    }

    private static BehaviorSnapshot ReadCalls(BinaryReader reader, BehaviorSnapshot behavior) => behavior with
    {
        Syscalls = CheckpointPrimitives.ReadList(reader, static r => r.ReadUInt64()),
        CompatSyscalls = CheckpointPrimitives.ReadList(reader, static r => r.ReadUInt64()),
        Capabilities = CheckpointPrimitives.ReadList(reader, static r => r.ReadUInt64()),
    };

    private static CapturedProfile ReadPayload(BinaryReader reader)
    {
        var instance = new InstanceId
        {
            ApiVersion = reader.ReadString(),
            Namespace = reader.ReadString(),
            Kind = reader.ReadString(),
            Name = reader.ReadString(),
            ContainerName = reader.ReadString(),
            ContainerType = (ContainerType)reader.ReadByte(),
        };
        ProfileIdentity identity = ProfileIdentity.From(instance) with
        {
            Image = reader.ReadString(),
            ImageDigest = reader.ReadString(),
            TemplateHash = reader.ReadString(),
            MatchLabels = CheckpointPrimitives.ReadList(reader, static r => (Key: r.ReadString(), Value: r.ReadString())).ToDictionary(l => l.Key, l => l.Value),
        };
        return new CapturedProfile(
            identity, reader.ReadString(), reader.ReadBoolean(), reader.ReadUInt64(),
            (PartialReasons)reader.ReadInt32(), (PartialReasons)reader.ReadInt32(), ReadBehavior(reader));
    }

    private static BehaviorSnapshot ReadBehavior(BinaryReader reader)
    {
        int execLevel = reader.ReadInt32();
        LearnedExec[] execs = CheckpointPrimitives.ReadList(reader, static r =>
        {
            byte[] exe = CheckpointPrimitives.ReadBytes(r);
            bool any = r.ReadBoolean();
            byte[][] argvs = CheckpointPrimitives.ReadList(r, CheckpointPrimitives.ReadBytes);
            return new LearnedExec(exe, any ? null : argvs);
        });
        int openLevel = reader.ReadInt32();
        KeyValuePair<byte[], uint>[] opens = CheckpointPrimitives.ReadList(reader, static r => KeyValuePair.Create(CheckpointPrimitives.ReadBytes(r), r.ReadUInt32()));
        int endpointLevel = reader.ReadInt32();
        KeyValuePair<Endpoint, string?>[] endpoints = CheckpointPrimitives.ReadList(reader, static r =>
        {
            var value = new UInt128(r.ReadUInt64(), r.ReadUInt64());
            var endpoint = new Endpoint(new NetAddress(value, r.ReadBoolean()), r.ReadByte(), r.ReadUInt16(), (TransportProtocol)r.ReadByte(), r.ReadBoolean());
            return KeyValuePair.Create(endpoint, r.ReadString() is { Length: > 0 } name ? name : null);
        });
        return new BehaviorSnapshot(
            execs, execLevel, opens, openLevel, endpoints, endpointLevel, CheckpointPrimitives.ReadList(reader, CheckpointPrimitives.ReadBytes), reader.ReadInt64(), reader.ReadInt64());
    }
}
