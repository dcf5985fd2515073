// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>The lists of a profile.</summary>
internal enum EntryKind : byte
{
    Architecture,
    Capability,
    Syscall,
    Exec,
    Open,
    Endpoint,
    RulePolicy,
    CallStack,
    Ingress,
    Egress,
}

/// <summary>One element of a list of a profile: what is never cut.</summary>
/// <param name="Item">Of the type of its list.</param>
/// <param name="SizeBytes">As JSON.</param>
/// <param name="Hash">The same for equal elements of one list. Collisions cannot be chosen from outside: it is a part of SHA-256.</param>
internal readonly record struct ProfileEntry(EntryKind Kind, object Item, int SizeBytes, ulong Hash)
{
    private static ApiJsonContext Json => ApiJsonContext.Readable;

    public static IEnumerable<ProfileEntry> All(ContainerProfileSpec spec)
    {
        var text = new ArrayBufferWriter<byte>(512);
        return
        [
            .. Of(EntryKind.Architecture, spec.Architectures, Json.String, text),
            .. Of(EntryKind.Capability, spec.Capabilities, Json.String, text),
            .. Of(EntryKind.Syscall, spec.Syscalls, Json.String, text),
            .. Of(EntryKind.Exec, spec.Execs, Json.ExecCalls, text),
            .. Of(EntryKind.Open, spec.Opens, Json.OpenCalls, text),
            .. Of(EntryKind.Endpoint, spec.Endpoints, Json.HttpEndpoint, text),
            .. Of(EntryKind.RulePolicy, spec.RulePolicies?.Select(policy => new Dictionary<string, RulePolicy> { [policy.Key] = policy.Value }), Json.DictionaryStringRulePolicy, text),
            .. Of(EntryKind.CallStack, spec.IdentifiedCallStacks, Json.IdentifiedCallStack, text),
            .. Of(EntryKind.Ingress, spec.Ingress, Json.NetworkNeighbor, text),
            .. Of(EntryKind.Egress, spec.Egress, Json.NetworkNeighbor, text),
        ];
    }

    /// <returns>The profile that holds these entries, and of <paramref name="head"/> all that is no list of entries.</returns>
    public static ContainerProfileSpec ToSpec(ContainerProfileSpec head, IReadOnlyList<ProfileEntry> entries)
    {
        ILookup<EntryKind, object> items = entries.ToLookup(entry => entry.Kind, entry => entry.Item);
        return head with
        {
            Architectures = List<string>(EntryKind.Architecture),
            Capabilities = List<string>(EntryKind.Capability),
            Syscalls = List<string>(EntryKind.Syscall),
            Execs = List<ExecCalls>(EntryKind.Exec),
            Opens = List<OpenCalls>(EntryKind.Open),
            Endpoints = List<HttpEndpoint>(EntryKind.Endpoint),
            RulePolicies = List<Dictionary<string, RulePolicy>>(EntryKind.RulePolicy)?.SelectMany(policy => policy).ToDictionary(),
            IdentifiedCallStacks = List<IdentifiedCallStack>(EntryKind.CallStack),
            Ingress = List<NetworkNeighbor>(EntryKind.Ingress),
            Egress = List<NetworkNeighbor>(EntryKind.Egress),
        };

        T[]? List<T>(EntryKind kind) => items[kind].Cast<T>().ToArray() is { Length: > 0 } list ? list : null;
    }

    private static IEnumerable<ProfileEntry> Of<T>(EntryKind kind, IEnumerable<T>? items, JsonTypeInfo<T> type, ArrayBufferWriter<byte> text)
        where T : class
    {
        foreach (T item in items ?? [])
        {
            text.ResetWrittenCount();
            text.Write([(byte)kind]);
            using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true }))
            {
                JsonSerializer.Serialize(writer, item, type);
            }

            yield return new ProfileEntry(kind, item, text.WrittenCount, Hashed(text.WrittenSpan));
        }
    }

    private static ulong Hashed(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
