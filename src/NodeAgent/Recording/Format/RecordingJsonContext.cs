// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Events.Identity;

namespace NodeAgent.Recording.Format;

/// <summary>The JSON inside recordings. What is not there has its default.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RecordingHeader))]
[JsonSerializable(typeof(RecordingEnd))]
[JsonSerializable(typeof(PodFact))]
[JsonSerializable(typeof(ContainerIdentity))]
internal sealed partial class RecordingJsonContext : JsonSerializerContext;
