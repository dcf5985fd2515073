// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Admission;

/// <summary>What the API server sends: of admission.k8s.io/v1 the members that are read. Each may be missing.</summary>
internal sealed record AdmissionReview
{
    public const string Version = "admission.k8s.io/v1";
    public const string KindName = "AdmissionReview";

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public AdmissionRequest? Request { get; init; }
}

internal sealed record AdmissionRequest
{
    public string? Uid { get; init; }

    public AdmittedKind? Kind { get; init; }

    public AdmittedResource? Resource { get; init; }

    public string? SubResource { get; init; }

    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public string? Operation { get; init; }

    public AdmissionUser? UserInfo { get; init; }

    /// <summary>Null for kinds that have none of the members that are read.</summary>
    [JsonConverter(typeof(RequestObjectConverter))]
    public AlertRequestObject? Object { get; init; }

    public bool? DryRun { get; init; }
}

internal sealed record AdmittedKind(string? Group, string? Version, string? Kind);

internal sealed record AdmittedResource(string? Group, string? Version, string? Resource);

internal sealed record AdmissionUser
{
    public string? Username { get; init; }

    public string? Uid { get; init; }

    [JsonConverter(typeof(GroupsConverter))]
    public IReadOnlyList<string>? Groups { get; init; }
}
