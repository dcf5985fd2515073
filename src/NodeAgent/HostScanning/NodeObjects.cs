// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Export.Storage;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScanning;

/// <summary>What a scan told, as objects of the API.</summary>
internal static class NodeObjects
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The documents of which there is something to say; without what the host has not.</returns>
    public static IEnumerable<NodeObject> Documents(HostScanResult scan) => scan.Documents.Select(document => Of(document, ContainerNaming.Sanitise(scan.Node)));

    /// <summary>Results of checks, and how many failed.</summary>
    public static IEnumerable<NodeObject> Results(CheckReport report, string objectNamespace)
    {
        string node = ContainerNaming.Sanitise(report.Scan.Node);
        (WorkloadConfigurationScan scan, WorkloadConfigurationScanSummary summary) = NodeConfigurationScan.Of(report, objectNamespace, node);
        yield return Whole(WorkloadConfigurationScan.Plural, objectNamespace, scan.Metadata.Name!, JsonSerializer.SerializeToUtf8Bytes(scan, Api.Json.ScanJsonContext.Readable.WorkloadConfigurationScan));
        yield return Whole(WorkloadConfigurationScanSummary.Plural, objectNamespace, summary.Metadata.Name!, JsonSerializer.SerializeToUtf8Bytes(summary, Api.Json.ScanJsonContext.Readable.WorkloadConfigurationScanSummary));
    }

    private static NodeObject Whole(string plural, string objectNamespace, string name, byte[] json)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(json));
        return new NodeObject(
            ApiResourceName.Of(plural, SoftwareCompositionGroup.Name, SoftwareCompositionGroup.Version), objectNamespace, name, hash, null, IsThere: true,
            _ => WithHash(json, hash));
    }

    private static NodeObject Of(HostDocument document, string node)
    {
        string hash = document.Spec is { } spec ? Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(spec))) : string.Empty;
        return new NodeObject(
            ApiResourceName.Of(HostDataGroup.PluralOf(document.Kind), HostDataGroup.Name, HostDataGroup.Version), string.Empty, node, hash, document.Error ?? string.Empty,
            document.Spec is not null || document.Error is not null, time => Write(document, node, hash, time));
    }

    private static byte[] Write(HostDocument document, string node, string hash, DateTimeOffset time)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Writing))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, HostDataGroup.ApiVersion);
            json.WriteString("kind"u8, document.Kind);
            json.WriteStartObject("metadata"u8);
            json.WriteString("name"u8, node);
            json.WriteStartObject("annotations"u8);
            json.WriteString(KubescapeAnnotations.ContentHash, hash);
            json.WriteEndObject();
            json.WriteEndObject();
            if (document.Spec is { } spec)
            {
                json.WritePropertyName("spec"u8);
                spec.WriteTo(json);
            }

            json.WriteStartObject("status"u8);
            json.WriteString("lastSensed"u8, ReportText.Time(time));
            if (document.Error is { } error)
            {
                json.WriteString("error"u8, error);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] WithHash(byte[] json, string hash)
    {
        System.Text.Json.Nodes.JsonNode root = System.Text.Json.Nodes.JsonNode.Parse(json)!;
        root["metadata"]!["annotations"]![KubescapeAnnotations.ContentHash] = hash;
        var output = new ArrayBufferWriter<byte>(json.Length + 128);
        using (var writer = new Utf8JsonWriter(output, Writing))
        {
            root.WriteTo(writer);
        }

        return output.WrittenSpan.ToArray();
    }
}
