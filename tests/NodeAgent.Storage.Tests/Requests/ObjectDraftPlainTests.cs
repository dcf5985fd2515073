// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Ownership;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Tests.Requests;

/// <summary>A document that is read once is the document that the tree makes of it, or is not taken.</summary>
public sealed class ObjectDraftPlainTests
{
    private static readonly string[] Fragments =
    [
        "null", "true", "1", "-0", "1.0", "1e3", "9223372036854775808", "\"\"", "\"a\\u0041\\n\"", "\"\\ud800\"", "\"é✓\"", "{}", "[]", "[null]", "{\"a\":null}",
        "{\"a\":1,\"a\":2}", "\"unknown\":1,", "\"spec\":{},", "\"opens\":[],", "\"path\":\"twice\",", "\"kind\":\"Other\",", "\"apiVersion\":\"v1\",", "\"metadata\":null,",
        "\"sp\\u0065c\":{},", " ", "\n", ",", "}", "]", "\"", ":", "\\", "\u00e9",
    ];

    public static TheoryData<string> Kinds => [.. ResourceCatalog.All.Select(resource => resource.QualifiedName)];

    [Fact]
    public void FromPlain_ProfileOfAnAgent_IsTaken()
    {
        ObjectDraft? draft = ObjectDraft.FromPlain(Profile(), ResourceCatalog.ContainerProfiles);

        Assert.NotNull(draft);
        Assert.Equal(Rendered(Tree(Profile(), ResourceCatalog.ContainerProfiles)), Rendered(draft));
        Assert.Equal("nginx", draft.Read(ApiJsonContext.Readable.ContainerProfile).Metadata.Name);
        Assert.Equal("/etc/é", draft.Root["spec"]!["opens"]![0]!["path"]!.GetValue<string>());
        Assert.Same(draft.Metadata, draft.Root["metadata"]);
        Assert.Equal(Rendered(Tree(Profile(), ResourceCatalog.ContainerProfiles)), Rendered(draft)); // built by now
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FromPlain_NothingButAName_IsTakenAsTheTreeTakesIt(string kind)
    {
        ResourceDefinition resource = ResourceCatalog.All.Single(one => one.QualifiedName == kind);
        byte[] document = Encoding.UTF8.GetBytes($$$"""{"apiVersion":"{{{resource.GroupVersion}}}","kind":"{{{resource.Kind}}}","metadata":{"name":"a"}}""");

        ObjectDraft? draft = ObjectDraft.FromPlain(document, resource);

        Assert.NotNull(draft);
        Assert.Equal(Rendered(Tree(document, resource)), Rendered(draft));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"unknown":1}}""")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"opens":[]},"spec":{}}""")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"opens":[{"path":"\ud800"}]}}""")]
    [InlineData("""{"metadata":{"name":"a","name":"b"}}""")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"opens":[null]}}""")]
    [InlineData("""{"metadata":{"name":"a"}} {}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void FromPlain_WhatNeedsWords_IsLeftToTheTree(string document) =>
        Assert.Null(ObjectDraft.FromPlain(Encoding.UTF8.GetBytes(document), ResourceCatalog.ContainerProfiles));

    [Fact]
    public void FromPlain_NotUtf8_IsLeftToTheTree() =>
        Assert.Null(ObjectDraft.FromPlain([.. "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"imageTag\":\""u8, 0xFF, .. "\"}}"u8], ResourceCatalog.ContainerProfiles));

    [Fact]
    public void FromPlain_DocumentsDamagedAtRandom_AreTakenAsTheTreeTakesThemOrNotAtAll()
    {
        var random = new Random(20261122);
        byte[] whole = Profile();
        int taken = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] document = Damage(whole, random);
            (ObjectDraft? plain, string? refused) = Try(() => ObjectDraft.FromPlain(document, ResourceCatalog.ContainerProfiles));
            if (plain is null && refused is null)
            {
                continue;
            }

            (ObjectDraft? tree, string? why) = Try(() => Tree(document, ResourceCatalog.ContainerProfiles));
            Assert.Equal(why, refused);
            if (plain is not null)
            {
                taken++;
                Assert.Empty(tree!.Warnings);
                Assert.Equal(Rendered(tree), Rendered(plain));
            }
        }

        Assert.InRange(taken, 1000, 19_000);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        var text = new List<byte>(whole);
        for (int changes = 1 + random.Next(2); changes > 0; changes--)
        {
            int at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0:
                    text.RemoveAt(at);
                    break;
                case 1:
                    text[at] = (byte)random.Next(256);
                    break;
                default:
                    // Where it can be a value, a member or white space; elsewhere it is noise.
                    int place = text.FindIndex(at, one => one is (byte)'{' or (byte)':' or (byte)'[' or (byte)',');
                    string fragment = Fragments[random.Next(Fragments.Length)];
                    text.InsertRange(place < 0 ? at : place + 1, Encoding.UTF8.GetBytes(place >= 0 && text[place] == '[' ? fragment.TrimEnd(',') + "," : fragment));
                    break;
            }
        }

        return [.. text];
    }

    private static (ObjectDraft? Draft, string? Refused) Try(Func<ObjectDraft?> take)
    {
        try
        {
            return (take(), null);
        }
        catch (ApiException error)
        {
            return (null, error.Message);
        }
    }

    private static ObjectDraft Tree(byte[] document, ResourceDefinition resource)
    {
        var duplicates = new List<string>();
        return ObjectDraft.From(RequestBody.ParseObject(document, resource, duplicates), resource, duplicates, "Warn");
    }

    // With its managers, which are made of its fields; on a copy of the metadata, since they are written into it.
    private static string Rendered(ObjectDraft draft)
    {
        JsonNode? before = draft.Metadata["managedFields"]?.DeepClone();
        FieldOwnership.Update([], draft.Fields, draft.Resource.Type, "tester", draft.Resource.GroupVersion, "2026-01-01T00:00:00Z");
        string text = Encoding.UTF8.GetString(draft.ToTemplate().Render(7));
        draft.Set("managedFields", before);
        return text;
    }

    private static byte[] Profile() => JsonSerializer.SerializeToUtf8Bytes(
        new ContainerProfile
        {
            Metadata = new ObjectMeta
            {
                Name = "nginx",
                Labels = new Dictionary<string, string> { ["a"] = "b", ["kubescape.io/workload-name"] = "nginx" },
                Annotations = new Dictionary<string, string> { ["c"] = "<d> & \u2028 \"e\"" },
            },
            Spec = new ContainerProfileSpec
            {
                ImageTag = "nginx:1.27",
                Opens = [new OpenCalls { Path = "/etc/é", Flags = ["O_RDONLY"] }, new OpenCalls { Path = "/tmp/\t", Flags = [] }],
                Execs = [new ExecCalls { Path = "/bin/sh", Args = ["/bin/sh", "-c", "echo 'x' && \\ \u0001"] }],
                Syscalls = ["read", "write"],
            },
        },
        ApiJsonContext.Readable.ContainerProfile);
}
