// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeAgent.Admission;

/// <summary>The groups of who asks, of which a directory may give hundreds.</summary>
internal sealed class GroupsConverter : JsonConverter<IReadOnlyList<string>>
{
    public const int MostGroups = 64;
    private const int MostChars = 4096;

    public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        BoundedTexts.Read(ref reader, MostGroups, MostChars);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options) => throw new NotSupportedException("reviews are read only");
}
