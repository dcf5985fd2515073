// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Layout;

/// <summary>Compares the wire format of the probes with its C# mirrors, in both directions.</summary>
public static class WireLayout
{
    private const string ObjectName = "wire_layout";
    private const string Prefix = "na_";

    private static readonly MirrorStruct[] Structs =
    [
        MirrorStruct.Of<WireString>(), MirrorStruct.Of<HeaderRecord>(), MirrorStruct.Of<ExecRecord>(),
        MirrorStruct.Of<ForkRecord>(), MirrorStruct.Of<ExitRecord>(), MirrorStruct.Of<OpenRecord>(),
        MirrorStruct.Of<TcpRecord>(), MirrorStruct.Of<FlowRecord>(), MirrorStruct.Of<DnsRecord>(),
        MirrorStruct.Of<CgroupRecord>(), MirrorStruct.Of<LostKey>(), MirrorStruct.Of<SuppressedRecord>(),
        MirrorStruct.Of<ExecFailedRecord>(), MirrorStruct.Of<CredentialsRecord>(), MirrorStruct.Of<NamespaceRecord>(),
        MirrorStruct.Of<SignalRecord>(), MirrorStruct.Of<FileChangeRecord>(), MirrorStruct.Of<SocketRecord>(),
        MirrorStruct.Of<UnixConnectRecord>(), MirrorStruct.Of<PayloadRecord>(), MirrorStruct.Of<CapabilityRecord>(),
        MirrorStruct.Of<PrivilegeRecord>(), MirrorStruct.Of<SyscallRecord>(),
        MirrorStruct.Of<BucketRecord>(), MirrorStruct.Of<ContainerRecord>(), MirrorStruct.Of<FilterSettingsRecord>(),
        MirrorStruct.Of<SeenEntryRecord>(), MirrorStruct.Of<SeenSetRecord>(), MirrorStruct.Of<SeenCountRecord>(),
    ];

    private static readonly MirrorEnum[] Enums =
    [
        MirrorEnum.Of<EventKind>("na_kind", "NA_KIND_"), MirrorEnum.Of<HeaderFlags>("na_header_flag", "NA_HEADER_"),
        MirrorEnum.Of<ExecFlags>("na_exec_flag", "NA_EXEC_"), MirrorEnum.Of<OpenRecordFlags>("na_open_flag", "NA_OPEN_"),
        MirrorEnum.Of<DnsRecordFlags>("na_dns_flag", "NA_DNS_"), MirrorEnum.Of<FlowDirection>("na_direction", "NA_DIRECTION_"),
        MirrorEnum.Of<EventClass>("na_class", "NA_CLASS_"), MirrorEnum.Of<StdinType>("na_stdin", "NA_STDIN_"),
        MirrorEnum.Of<NamespaceOperation>("na_namespace_operation", "NA_NAMESPACE_"), MirrorEnum.Of<SignalOperation>("na_signal_operation", "NA_SIGNAL_"),
        MirrorEnum.Of<FileOperation>("na_file_operation", "NA_FILE_"), MirrorEnum.Of<SocketOperation>("na_socket_operation", "NA_SOCKET_"),
        MirrorEnum.Of<PayloadProtocol>("na_payload_protocol", "NA_PAYLOAD_"), MirrorEnum.Of<PayloadFlags>("na_payload_flag", "NA_PAYLOAD_"),
        MirrorEnum.Of<PrivilegeOperation>("na_privilege_operation", "NA_PRIVILEGE_"), MirrorEnum.Of<SyscallFlags>("na_syscall_flag", "NA_SYSCALL_"),
        MirrorEnum.Of<BudgetBucket>("na_bucket_id", "NA_BUCKET_"),
    ];

    internal static IReadOnlyList<MirrorStruct> Mirrors => Structs;

    /// <returns>One line for each difference; empty when both agree.</returns>
    public static IReadOnlyList<string> Verify()
    {
        using BpfObject target = EmbeddedObjects.Open(ObjectName);
        using BtfTypes types = target.OpenTypes();
        return Compare(types.ReadStructs(), types.ReadEnums());
    }

    internal static IReadOnlyList<string> Compare(IReadOnlyList<BtfStruct> structs, IReadOnlyList<BtfEnum> enums) =>
        Compare(structs, enums, Structs, Enums);

    internal static IReadOnlyList<string> Compare(
        IReadOnlyList<BtfStruct> structs, IReadOnlyList<BtfEnum> enums, MirrorStruct[] mirrors, MirrorEnum[] mirrorEnums)
    {
        var differences = new List<string>();
        foreach (MirrorStruct mirror in mirrors)
        {
            CompareStruct(structs.FirstOrDefault(candidate => candidate.Name == mirror.CName), mirror, differences);
        }

        foreach (MirrorEnum mirror in mirrorEnums)
        {
            CompareEnum(enums.FirstOrDefault(candidate => candidate.Name == mirror.CName), mirror, differences);
        }

        differences.AddRange(structs.Select(found => found.Name)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && Array.TrueForAll(mirrors, mirror => mirror.CName != name))
            .Select(name => $"struct {name} has no mirror"));
        differences.AddRange(enums.Select(found => found.Name)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && Array.TrueForAll(mirrorEnums, mirror => mirror.CName != name))
            .Select(name => $"enum {name} has no mirror"));
        return differences;
    }

    private static void CompareStruct(BtfStruct? found, MirrorStruct mirror, List<string> differences)
    {
        if (found is null)
        {
            differences.Add($"struct {mirror.CName} is gone; {mirror.Name} mirrors it");
            return;
        }

        if (found.SizeBytes != mirror.SizeBytes)
        {
            differences.Add($"struct {found.Name} has {found.SizeBytes} bytes, {mirror.Name} {mirror.SizeBytes}");
        }

        foreach (BtfMember member in found.Members)
        {
            MirrorField? field = mirror.Fields.FirstOrDefault(candidate => candidate.CName == member.Name);
            if (field is null)
            {
                differences.Add($"{found.Name}.{member.Name} has no field in {mirror.Name}");
            }
            else if (field.OffsetBytes != member.OffsetBytes || field.SizeBytes != member.SizeBytes)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{found.Name}.{member.Name} is {member.SizeBytes} bytes at {member.OffsetBytes}, {mirror.Name}.{field.Name} {field.SizeBytes} at {field.OffsetBytes}"));
            }
        }

        differences.AddRange(mirror.Fields.Where(field => found.Members.All(member => member.Name != field.CName))
            .Select(field => $"{mirror.Name}.{field.Name} mirrors nothing: {found.Name} has no {field.CName}"));
    }

    private static void CompareEnum(BtfEnum? found, MirrorEnum mirror, List<string> differences)
    {
        if (found is null)
        {
            differences.Add($"enum {mirror.CName} is gone; {mirror.Name} mirrors it");
            return;
        }

        foreach ((string name, long value) in found.Values)
        {
            if (!mirror.Values.TryGetValue(name, out long own))
            {
                differences.Add($"{name} has no value in {mirror.Name}");
            }
            else if (own != value)
            {
                differences.Add($"{name} is {value}, in {mirror.Name} {own}");
            }
        }

        // "None = 0" is what C# wants of an enum; C has no name for it.
        differences.AddRange(mirror.Values.Where(own => own.Value != 0 && !found.Values.ContainsKey(own.Key))
            .Select(own => $"{mirror.Name} has a value {own.Key} that enum {found.Name} has not"));
    }
}
