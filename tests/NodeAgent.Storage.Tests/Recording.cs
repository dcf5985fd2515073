// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Tests;

/// <summary>One recorded exchange with a real API server, its config maps read as our container profiles.</summary>
internal sealed class Recording
{
    private static readonly (string Theirs, string Ours)[] Words =
    [
        ("configmaps \"", $"containerprofiles.{ServerFixture.Group} \""),
        ("on ConfigMap \"", $"on ContainerProfile.{ServerFixture.Group} \""),
        ("ConfigMap \"", $"ContainerProfile.{ServerFixture.Group} \""),
        ("ConfigMap", "ContainerProfile"),
        ("in version \"v1\"", "in version \"v1beta1\""),
    ];

    private readonly JsonNode _exchange;

    private Recording(JsonNode exchange) => _exchange = exchange;

    public int Code => (int)_exchange["response"]!["status"]!;

    public JsonNode? Body => _exchange["response"]!["body"];

    public string? Header(string name) => (string?)_exchange["response"]!["headers"]![name];

    public static Recording Load(string name) =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", name + ".json")))!);

    public static string Translate(string message) => Words.Aggregate(message, (text, word) => text.Replace(word.Theirs, word.Ours, StringComparison.Ordinal));

    /// <summary>Fails unless the answer is the recorded Status, in our kind's words; <paramref name="message"/> false leaves the sentence out.</summary>
    public void AssertSame(Answer answer, bool message = true)
    {
        Assert.Equal(Code, answer.Code);
        JsonNode ours = answer.Json!;
        foreach (string field in (string[])["kind", "apiVersion", "status", "reason", "code"])
        {
            Assert.Equal(Body![field]?.ToJsonString(), ours[field]?.ToJsonString());
        }

        if (message)
        {
            Assert.Equal(Translate((string)Body!["message"]!), (string?)ours["message"]);
        }

        AssertDetails(Body!["details"], ours["details"]);
    }

    private static void AssertDetails(JsonNode? theirs, JsonNode? ours)
    {
        Assert.Equal(theirs is null, ours is null);
        if (theirs is null)
        {
            return;
        }

        Assert.Equal((string?)theirs["name"], (string?)ours!["name"]);
        string? kind = (string?)theirs["kind"];
        Assert.Equal(kind?.Replace("configmaps", "containerprofiles", StringComparison.Ordinal).Replace("ConfigMap", "ContainerProfile", StringComparison.Ordinal), (string?)ours["kind"]);

        // Core has no group; ours is named wherever a kind is.
        Assert.Equal(kind is "configmaps" or "ConfigMap" ? ServerFixture.Group : (string?)theirs["group"], (string?)ours["group"]);
        Assert.Equal(theirs["retryAfterSeconds"]?.ToJsonString(), ours["retryAfterSeconds"]?.ToJsonString());
        Assert.Equal(
            theirs["causes"]?.AsArray().Select(cause => $"{cause!["reason"]} {cause["field"]} {cause["message"]}"),
            ours["causes"]?.AsArray().Select(cause => $"{cause!["reason"]} {cause["field"]} {cause["message"]}"));
    }
}
